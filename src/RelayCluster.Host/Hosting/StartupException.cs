namespace RelayCluster.Host.Hosting;

/// <summary>
/// The relay cannot start for a reason outside of it; the message is one line that says what would be right.
/// </summary>
internal sealed class StartupException : Exception
{
    public StartupException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

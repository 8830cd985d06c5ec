namespace RelayCluster.Host.Hocon;

/// <summary>A configuration file cannot be read. The message names file, line, column, and what was expected there.</summary>
internal sealed class HoconException : Exception
{
    public HoconException(HoconPosition position, string fault, Exception? innerException = null)
        : base($"{position}: {fault}", innerException)
    {
        Position = position;
    }

    /// <summary>Where the reading stopped.</summary>
    public HoconPosition Position { get; }
}

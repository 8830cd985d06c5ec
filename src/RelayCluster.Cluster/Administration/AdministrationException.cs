namespace RelayCluster.Cluster.Administration;

/// <summary>An operator's wish was not fulfilled.</summary>
public sealed class AdministrationException : Exception
{
    /// <summary>A failure.</summary>
    /// <param name="error">Its kind.</param>
    /// <param name="message">A line for a person.</param>
    /// <param name="innerException">What was behind it, if known.</param>
    public AdministrationException(AdministrationError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>Its kind.</summary>
    public AdministrationError Error { get; }
}

namespace RelayCluster.Cluster.Fabric;

/// <summary>The fabric could not do what was asked.</summary>
public sealed class FabricException : Exception
{
    /// <summary>A failure.</summary>
    /// <param name="error">Its kind.</param>
    /// <param name="message">A line for a person.</param>
    /// <param name="innerException">What was behind it, if known.</param>
    public FabricException(FabricError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>Its kind.</summary>
    public FabricError Error { get; }
}

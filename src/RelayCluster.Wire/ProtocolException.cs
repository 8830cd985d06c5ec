namespace RelayCluster.Wire;

/// <summary>
/// A peer sent bytes that the protocol does not allow. It ends the frame, stream or session that they came on, as fits,
/// and never the process.
/// </summary>
public sealed class ProtocolException : Exception
{
    /// <summary>A violation without words.</summary>
    public ProtocolException()
    {
    }

    /// <summary>A violation told in one line: what was read, and what would have been right.</summary>
    public ProtocolException(string message)
        : base(message)
    {
    }

    /// <summary>A violation found while another error was handled.</summary>
    public ProtocolException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

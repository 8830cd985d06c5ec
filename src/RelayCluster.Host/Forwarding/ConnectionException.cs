namespace RelayCluster.Host.Forwarding;

/// <summary>A connection failed; the message is one line that says which, and how.</summary>
internal sealed class ConnectionException(string message, Exception? innerException = null)
    : Exception(message, innerException);

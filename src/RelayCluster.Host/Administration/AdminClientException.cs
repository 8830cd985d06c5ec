namespace RelayCluster.Host.Administration;

/// <summary>A node's admin endpoint could not be asked, or did not do what it was; the message is one line.</summary>
internal sealed class AdminClientException(string message, Exception? innerException = null)
    : Exception(message, innerException);

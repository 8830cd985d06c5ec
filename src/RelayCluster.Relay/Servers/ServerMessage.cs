namespace RelayCluster.Relay.Servers;

/// <summary>What a server is told.</summary>
internal enum ServerMessage
{
    /// <summary>The client does not want it any more.</summary>
    Close,
}

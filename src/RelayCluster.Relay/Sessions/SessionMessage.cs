namespace RelayCluster.Relay.Sessions;

/// <summary>What a session is told beside what its client says.</summary>
internal enum SessionMessage
{
    /// <summary>It may be time for a ping, or the client may have been silent for too long.</summary>
    Beat,

    /// <summary>The session is to end.</summary>
    Close,
}

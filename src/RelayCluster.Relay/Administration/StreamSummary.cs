using RelayCluster.Wire;

namespace RelayCluster.Relay.Administration;

/// <summary>A stream of a session.</summary>
/// <param name="Alias">Its number, as in logs.</param>
/// <param name="Direction">Who asked for it.</param>
/// <param name="PeerKey">The public key at its other end.</param>
/// <param name="IsOpen">False: it is still being dialled, or ending.</param>
/// <param name="Age">How long it has been there, the dial included.</param>
/// <param name="BytesToPeer">Payload bytes to the peer so far.</param>
/// <param name="BytesToClient">Payload bytes to the client so far.</param>
public sealed record StreamSummary(
    uint Alias,
    StreamDirection Direction,
    Fixed32 PeerKey,
    bool IsOpen,
    TimeSpan Age,
    long BytesToPeer,
    long BytesToClient);

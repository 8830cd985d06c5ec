namespace RelayCluster.Relay;

/// <summary>What a relay is doing, at one moment.</summary>
/// <param name="Sessions">Sessions that are open, those that are closing included.</param>
/// <param name="Streams">Streams that are being dialled or open.</param>
/// <param name="Servers">Servers, those that are being announced or taken back included.</param>
/// <param name="Queries">Lookups, announces and unannounces under way.</param>
/// <param name="Bytes">Payload bytes relayed since the start, both ways together.</param>
public sealed record RelayActivity(int Sessions, int Streams, int Servers, int Queries, long Bytes);

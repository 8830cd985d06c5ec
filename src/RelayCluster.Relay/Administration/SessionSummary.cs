using RelayCluster.Protocol.Dialects;

namespace RelayCluster.Relay.Administration;

/// <summary>One session, as it was when it was asked.</summary>
public sealed record SessionSummary
{
    /// <summary>Its name, unique in the fleet: the node's name, a hyphen and a number.</summary>
    public required string Id { get; init; }

    /// <summary>The client's address, as logs have it.</summary>
    public required string Client { get; init; }

    /// <summary>What carries it.</summary>
    public ClientTransport Transport { get; init; }

    /// <summary>What the client speaks; null until it has spoken.</summary>
    public RelayDialect? Dialect { get; init; }

    /// <summary>Whether the relay has the client's secret key; null until the client has told.</summary>
    public bool? IsCustodial { get; init; }

    /// <summary>When the client came.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Streams that are being dialled or open.</summary>
    public int Streams { get; init; }

    /// <summary>Servers, those that are being announced included.</summary>
    public int Servers { get; init; }

    /// <summary>Lookups, announces and unannounces under way.</summary>
    public int Queries { get; init; }

    /// <summary>Payload bytes from the client to its peers, of ended streams too.</summary>
    public long BytesToPeers { get; init; }

    /// <summary>Payload bytes from peers to the client, of ended streams too.</summary>
    public long BytesToClient { get; init; }
}

using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc;

/// <summary>What a node answered.</summary>
internal sealed record RpcReply
{
    /// <summary>Who answered: always the address that was asked.</summary>
    public required UdpEndPoint From { get; init; }

    /// <summary>The node's id, already checked against its address; null if it is ephemeral.</summary>
    public Fixed32? FromId { get; init; }

    /// <summary>How the node saw us: a sample of our public address.</summary>
    public required UdpEndPoint To { get; init; }

    /// <summary>What the node wants to see in a request that stores something; null if it gave none.</summary>
    public Fixed32? Token { get; init; }

    /// <summary>Nodes that it knows close to the request's target.</summary>
    public IReadOnlyList<UdpEndPoint> CloserNodes { get; init; } = [];

    /// <summary>0, one of <see cref="RpcErrorCode"/>, or a code of the layer above.</summary>
    public uint Error { get; init; }

    /// <summary>The answer itself; null for none, which is not the same as an empty one.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>From the first sending of the request to the reply.</summary>
    public TimeSpan RoundTripTime { get; init; }
}

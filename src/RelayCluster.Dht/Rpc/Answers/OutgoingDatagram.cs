using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Answers;

/// <summary>
/// An answer or a request to hand on, that waits to be written. What depends on the node's state then (its id, a token,
/// the closest nodes) is filled in when it is written, so nothing is allocated for a plain answer.
/// </summary>
internal readonly record struct OutgoingDatagram
{
    /// <summary>Whether it is a request that goes on to another node, rather than an answer.</summary>
    public bool IsRelay { get; init; }

    public required UdpEndPoint To { get; init; }

    public required ushort TransactionId { get; init; }

    /// <summary>The request's target: an answer lists the closest nodes to it, if it shall.</summary>
    public Fixed32? Target { get; init; }

    public bool WithToken { get; init; }

    public bool WithCloserNodes { get; init; }

    public uint Error { get; init; }

    /// <summary>The command to hand on.</summary>
    public uint Command { get; init; }

    public ReadOnlyMemory<byte>? Value { get; init; }
}

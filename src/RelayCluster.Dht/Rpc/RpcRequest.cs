using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc;

/// <summary>What is asked of a node.</summary>
/// <param name="Command">A command of the layer above, or one of <see cref="RpcCommand"/> if it is internal.</param>
/// <param name="Target">What it is about; a receiver puts its nodes closest to it into the reply.</param>
/// <param name="Value">
/// The argument; null for none, which is not the same as an empty one. Not copied: leave it alone.
/// </param>
/// <param name="Token">
/// What the receiver gave this host in an earlier reply; commands that store something want it.
/// </param>
internal readonly record struct RpcRequest(
    uint Command,
    Fixed32? Target = null,
    ReadOnlyMemory<byte>? Value = null,
    Fixed32? Token = null)
{
    /// <summary>How often an unanswered request is sent again, as the reference does by default.</summary>
    public const int DefaultRetries = 3;

    /// <summary>Whether the command is one of the Kademlia layer itself.</summary>
    public bool IsInternal { get; init; }

    /// <summary>How often the request is sent again while no reply comes.</summary>
    public int Retries { get; init; } = DefaultRetries;

    /// <summary>How long to wait for a reply to each sending; null for the node's own rule.</summary>
    public TimeSpan? Timeout { get; init; }
}

namespace RelayCluster.Dht.Rpc;

/// <summary>
/// Error codes that the Kademlia layer itself puts into a reply (dht-rpc, lib/errors.js). 0 is success; the layer above
/// has codes of its own from 16 on, and a reply may carry any number, hence constants and not an enum.
/// </summary>
internal static class RpcErrorCode
{
    public const uint None = 0;

    public const uint UnknownCommand = 1;

    /// <summary>
    /// The request's token is not one that we gave to this host lately; the reply brings a fresh one.
    /// </summary>
    public const uint InvalidToken = 2;
}

namespace RelayCluster.Dht.Rpc;

/// <summary>
/// The internal commands (dht-rpc, lib/commands.js). Commands of the layer above count from 0 on their own.
/// </summary>
internal static class RpcCommand
{
    public const uint Ping = 0;

    /// <summary>
    /// Asks for the reply to be sent to another port of the sender: the value, 16 bits little endian.
    /// </summary>
    public const uint PingNat = 1;

    public const uint FindNode = 2;

    /// <summary>
    /// Tells that a node which the receiver named does not answer: the value, its address in six bytes.
    /// </summary>
    public const uint DownHint = 3;

    /// <summary>A ping to be answered after some milliseconds: the value, 32 bits little endian.</summary>
    public const uint DelayedPing = 4;
}

using RelayCluster.Wire;

namespace RelayCluster.Protocol.Sharing;

/// <summary>A message of a channel. Whoever reads it owns it.</summary>
/// <param name="Type">Its number among the protocol's messages.</param>
/// <param name="Payload">Its bytes, in pooled memory.</param>
public readonly record struct ChannelMessage(int Type, PooledBuffer Payload) : IDisposable
{
    /// <summary>Gives the memory back.</summary>
    public void Dispose() => Payload.Dispose();
}

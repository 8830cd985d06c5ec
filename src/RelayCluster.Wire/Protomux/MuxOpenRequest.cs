namespace RelayCluster.Wire.Protomux;

/// <summary>
/// A channel that the other side has opened and this one not yet. What is sent on it meanwhile is kept, within
/// <see cref="MuxOptions.MaxPendingBytes"/>, and told once it is open.
/// </summary>
public sealed class MuxOpenRequest
{
    internal MuxOpenRequest(RemoteChannel remote, ChannelKey key, byte[] id, byte[] handshake)
    {
        Remote = remote;
        Key = key;
        Id = id;
        Handshake = handshake;
    }

    /// <summary>The protocol's name as the other side gave it.</summary>
    public string Protocol => Key.Protocol;

    /// <summary>The channel's id; empty for none.</summary>
    public ReadOnlyMemory<byte> Id { get; }

    /// <summary>What came with the open.</summary>
    public ReadOnlyMemory<byte> Handshake { get; }

    /// <summary>Whether it still waits for an answer; not once it was answered, or closed by the other side.</summary>
    public bool IsPending { get; internal set; } = true;

    internal RemoteChannel Remote { get; }

    internal ChannelKey Key { get; }

    internal List<(ulong Type, byte[] Payload)> Messages { get; } = [];

    internal int PendingBytes { get; set; }
}

using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Recovery;

/// <summary>
/// A numbered packet that is not yet acknowledged for good. It does not hold its bytes: they stay in the send buffer,
/// from <see cref="Offset"/> on, until all before them are acknowledged too. A packet's cut never changes, because its
/// number stands for it.
/// </summary>
internal struct SentPacket
{
    /// <summary>Where its data starts, counted from the start of the stream.</summary>
    public long Offset;

    /// <summary>When it was last sent.</summary>
    public TimeSpan SentAt;

    /// <summary>Its neighbours in the list of its state, in the order of sending (or of being lost).</summary>
    public SequenceNumber Previous;

    /// <inheritdoc cref="Previous"/>
    public SequenceNumber Next;

    public ushort DataBytes;

    public PacketState State;

    public PacketTypes Types;

    /// <summary>Sent more than once: its acknowledgement has no round-trip time.</summary>
    public bool IsRetransmitted;

    public bool IsMtuProbe;
}

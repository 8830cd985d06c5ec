using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Streams;

/// <summary>
/// The heads of a stream's packets: each tells what has come so far and how much room there is, whatever it carries.
/// </summary>
internal sealed class HeaderWriter(ReceivingHalf receiving)
{
    /// <summary>The peer's id for the stream.</summary>
    public uint RemoteId { get; set; }

    /// <summary>Of a packet that has a number, and so takes the place of a bare acknowledgement.</summary>
    public void WriteNumbered(Span<byte> destination, PacketTypes types, SequenceNumber number, byte dataOffset)
    {
        receiving.IsAckDue = false;
        Write(destination, types, number, dataOffset);
    }

    /// <summary>Of any other.</summary>
    public void Write(Span<byte> destination, PacketTypes types, SequenceNumber number, byte dataOffset = 0) =>
        new PacketHeader
        {
            Types = types,
            DataOffset = dataOffset,
            StreamId = RemoteId,
            ReceiveWindow = receiving.Advertise(),
            Sequence = number,
            Ack = receiving.Expected,
        }.Write(destination);
}

using System.Buffers.Binary;
using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Tests.Packets;

/// <summary>Sets the acknowledged number of a recorded packet.</summary>
internal readonly record struct SequenceNumberPatch(SequenceNumber Ack)
{
    private const int AckOffset = 16;

    public void Apply(byte[] datagram) =>
        BinaryPrimitives.WriteUInt32LittleEndian(datagram.AsSpan(AckOffset), Ack.Value);
}

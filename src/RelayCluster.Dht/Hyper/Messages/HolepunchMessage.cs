using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// The value of a PEER_HOLEPUNCH request or reply. It lies on the stack, and its sealed payload in the datagram.
/// </summary>
/// <remarks>
/// <code>
/// uint     flags       1: peer address
/// uint     mode        <see cref="RelayMode"/>
/// uint     id          the server's number for the handshake that this belongs to
/// buffer   payload     a sealed <see cref="HolepunchPayload"/>
/// address  peer        who the other end is, as the last node on the way saw it
/// </code>
/// Source: hyperdht 6.34, lib/messages.js.
/// </remarks>
internal ref struct HolepunchMessage
{
    private const uint HasPeerAddress = 1;

    public RelayMode Mode;
    public ulong Id;
    public ReadOnlySpan<byte> Payload;
    public UdpEndPoint? PeerAddress;

    /// <summary>The bytes of the message.</summary>
    public readonly byte[] Encode()
    {
        uint flags = PeerAddress is null ? 0 : HasPeerAddress;
        byte[] encoded = new byte[
            CompactSize.UInt(flags)
            + CompactSize.UInt((uint)Mode)
            + CompactSize.UInt(Id)
            + CompactSize.Buffer(Payload)
            + (PeerAddress is null ? 0 : EndPointCodec.Size)];
        var writer = new CompactWriter(encoded);
        writer.WriteUInt(flags);
        writer.WriteUInt((uint)Mode);
        writer.WriteUInt(Id);
        writer.WriteBuffer(Payload);
        writer.WriteOptionalEndPoint(PeerAddress);
        return encoded;
    }

    /// <summary>Reads a value; false if it is not a whole message.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out HolepunchMessage message)
    {
        message = default;
        var reader = new CompactReader(value);
        if (!reader.TryReadUInt(out ulong flags)
            || !reader.TryReadUInt(out ulong mode)
            || !reader.TryReadUInt(out message.Id)
            || !reader.TryReadBuffer(out message.Payload))
        {
            return false;
        }

        message.Mode = (RelayMode)Math.Min(mode, uint.MaxValue);
        return reader.TryReadOptionalEndPoint((flags & HasPeerAddress) != 0, out message.PeerAddress);
    }
}

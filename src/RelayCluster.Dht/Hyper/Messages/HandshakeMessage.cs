using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// The value of a PEER_HANDSHAKE request or reply. It lies on the stack, and its Noise message in the datagram.
/// </summary>
/// <remarks>
/// <code>
/// uint     flags       1: peer address, 2: relay address
/// uint     mode        <see cref="RelayMode"/>
/// buffer   noise       a message of the Noise IK handshake between client and server
/// address  peer        who the other end is, as the last node on the way saw it
/// address  relay       the relaying node that the answer must go through
/// </code>
/// Source: hyperdht 6.34, lib/messages.js.
/// </remarks>
internal ref struct HandshakeMessage
{
    private const uint HasPeerAddress = 1;
    private const uint HasRelayAddress = 2;

    public RelayMode Mode;
    public ReadOnlySpan<byte> Noise;
    public UdpEndPoint? PeerAddress;
    public UdpEndPoint? RelayAddress;

    /// <summary>The bytes of the message.</summary>
    public readonly byte[] Encode()
    {
        uint flags = (PeerAddress is null ? 0 : HasPeerAddress) | (RelayAddress is null ? 0 : HasRelayAddress);
        byte[] encoded = new byte[
            CompactSize.UInt(flags)
            + CompactSize.UInt((uint)Mode)
            + CompactSize.Buffer(Noise)
            + (PeerAddress is null ? 0 : EndPointCodec.Size)
            + (RelayAddress is null ? 0 : EndPointCodec.Size)];
        var writer = new CompactWriter(encoded);
        writer.WriteUInt(flags);
        writer.WriteUInt((uint)Mode);
        writer.WriteBuffer(Noise);
        writer.WriteOptionalEndPoint(PeerAddress);
        writer.WriteOptionalEndPoint(RelayAddress);
        return encoded;
    }

    /// <summary>Reads a value; false if it is not a whole message.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out HandshakeMessage message)
    {
        message = default;
        var reader = new CompactReader(value);
        if (!reader.TryReadUInt(out ulong flags)
            || !reader.TryReadUInt(out ulong mode)
            || !reader.TryReadBuffer(out message.Noise))
        {
            return false;
        }

        message.Mode = (RelayMode)Math.Min(mode, uint.MaxValue);
        return reader.TryReadOptionalEndPoint((flags & HasPeerAddress) != 0, out message.PeerAddress)
            && reader.TryReadOptionalEndPoint((flags & HasRelayAddress) != 0, out message.RelayAddress);
    }
}

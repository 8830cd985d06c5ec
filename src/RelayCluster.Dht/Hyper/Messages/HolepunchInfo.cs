using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// How a server can be hole punched: its number for the handshake, and the nodes to send the rounds through.
/// </summary>
internal sealed record HolepunchInfo(ulong Id, IReadOnlyList<RelayInfo> Relays)
{
    public int GetEncodedSize() =>
        CompactSize.UInt(Id) + CompactSize.UInt((uint)Relays.Count) + (Relays.Count * 2 * EndPointCodec.Size);

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Id);
        writer.WriteUInt((uint)Relays.Count);
        foreach (RelayInfo relay in Relays)
        {
            EndPointCodec.Write(ref writer, relay.RelayAddress);
            EndPointCodec.Write(ref writer, relay.PeerAddress);
        }
    }

    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public static HolepunchInfo Read(ref CompactReader reader)
    {
        ulong id = reader.ReadUInt();
        var relays = new RelayInfo[reader.ReadCount(2 * EndPointCodec.Size)];
        for (int i = 0; i < relays.Length; i++)
        {
            UdpEndPoint relayAddress = reader.ReadEndPoint();
            relays[i] = new RelayInfo(relayAddress, reader.ReadEndPoint());
        }

        return new HolepunchInfo(id, relays);
    }
}

using System.Net;
using RelayCluster.Dht;
using RelayCluster.Wire;
using RelayCluster.Wire.Values;

namespace RelayCluster.Cluster.Lookups;

/// <summary>
/// A reply of the DHT as bytes; addresses are IPv4, as there:
/// <code>
/// flags (1): 1 token, 2 id of from, 4 id of to
/// token? (32) | from: id? (32), address (6) | to: id? (32), address (6)
/// peers (uint), each: public key (32) | addresses (uint), each (6)
/// </code>
/// </summary>
internal static class LookupReplyCodec
{
    private const byte HasToken = 1;
    private const byte HasFromId = 2;
    private const byte HasToId = 4;

    public static int GetEncodedSize(LookupReply reply) =>
        1
        + SizeOf(reply.Token)
        + SizeOf(reply.From.Id)
        + SizeOf(reply.To.Id)
        + (2 * CompactSize.IPv4EndPoint)
        + ArrayCodec.GetArraySize(reply.Peers, SizeOf);

    public static void Write(ref CompactWriter writer, LookupReply reply)
    {
        int flags = (reply.Token is null ? 0 : HasToken)
            | (reply.From.Id is null ? 0 : HasFromId)
            | (reply.To.Id is null ? 0 : HasToId);
        writer.WriteUInt8((byte)flags);
        Write(ref writer, reply.Token);
        Write(ref writer, reply.From);
        Write(ref writer, reply.To);
        writer.WriteArray(reply.Peers, Write);
    }

    /// <exception cref="ProtocolException">It is something else.</exception>
    public static LookupReply Read(ref CompactReader reader)
    {
        byte flags = reader.ReadUInt8();
        Fixed32? token = Read(ref reader, flags & HasToken);
        var from = new DhtNodeAddress(Read(ref reader, flags & HasFromId), reader.ReadIPv4EndPoint());
        var to = new DhtNodeAddress(Read(ref reader, flags & HasToId), reader.ReadIPv4EndPoint());
        return new LookupReply(token, from, to, reader.ReadArray(ReadPeer, Fixed32.Size + 1));
    }

    private static int SizeOf(Fixed32? value) => value is null ? 0 : Fixed32.Size;

    private static int SizeOf(DhtPeer peer) =>
        Fixed32.Size + ArrayCodec.GetArraySize(peer.RelayAddresses, static _ => CompactSize.IPv4EndPoint);

    private static void Write(ref CompactWriter writer, DhtPeer peer)
    {
        writer.WriteFixed32(peer.PublicKey);
        writer.WriteArray(
            peer.RelayAddresses,
            static (ref CompactWriter writer, IPEndPoint address) => writer.WriteIPv4EndPoint(address));
    }

    private static void Write(ref CompactWriter writer, DhtNodeAddress node)
    {
        Write(ref writer, node.Id);
        writer.WriteIPv4EndPoint(node.EndPoint);
    }

    private static void Write(ref CompactWriter writer, Fixed32? value)
    {
        if (value is { } known)
        {
            writer.WriteFixed32(known);
        }
    }

    private static DhtPeer ReadPeer(ref CompactReader reader) => new(
        reader.ReadFixed32(),
        reader.ReadArray(static (ref CompactReader reader) => reader.ReadIPv4EndPoint(), CompactSize.IPv4EndPoint));

    private static Fixed32? Read(ref CompactReader reader, int isThere) =>
        isThere == 0 ? null : reader.ReadFixed32();
}

using System.Text.Json;
using RelayCluster.Protocol.Messages;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Tests.Messages;

/// <summary>The codecs that messages are made of.</summary>
internal static class InnerCodec
{
    public static byte[] Encode(string codec, JsonElement fields)
    {
        if (codec == "announcers")
        {
            return VectorMessage.Announcers(fields).Encode();
        }

        // longer than any of these vectors
        var bytes = new byte[4096];
        var writer = new CompactWriter(bytes);
        switch (codec)
        {
            case "id":
                writer.WriteUInt32(fields.GetUInt32());
                break;
            case "buffer":
                writer.WriteBuffer(Bytes(fields));
                break;
            case "peerId":
                writer.WriteNodeId(NodeId(fields));
                break;
            case "batch":
                using (DataChunks chunks = VectorMessage.Chunks(fields))
                {
                    chunks.Write(ref writer);
                }

                break;
            case "node":
                VectorMessage.Node(fields).Write(ref writer);
                break;
            case "relayAddresses":
                writer.WriteEndPoints(VectorMessage.EndPointList(fields));
                break;
            case "peer":
                VectorMessage.Peer(fields).Write(ref writer);
                break;
            default:
                Assert.Equal("peers", codec);
                AnnouncedPeer[] peers = VectorMessage.Peers(fields);
                writer.WriteUInt((ulong)peers.Length);
                foreach (AnnouncedPeer peer in peers)
                {
                    peer.Write(ref writer);
                }

                break;
        }

        return writer.Written.ToArray();
    }

    public static string Decode(string codec, byte[] bytes)
    {
        var reader = new CompactReader(bytes);
        switch (codec)
        {
            case "announcers":
                return MessageText.Of(Announcers.Decode(bytes));
            case "id":
                return MessageText.Of(reader.ReadUInt32());
            case "buffer":
                return Convert.ToHexStringLower(reader.ReadBuffer());
            case "peerId":
                return MessageText.Of(reader.ReadNodeId());
            case "batch":
                using (DataChunks chunks = DataChunks.Read(PooledBuffer.CopyOf(bytes)))
                {
                    return MessageText.Of(chunks);
                }

            case "node":
                return MessageText.Of(AnnouncingNode.Read(ref reader));
            case "relayAddresses":
                return MessageText.Of(reader.ReadEndPoints());
            case "peer":
                return MessageText.Of(AnnouncedPeer.Read(ref reader));
            default:
                List<object> peers = [];
                for (int count = reader.ReadCount(); count > 0; count--)
                {
                    peers.Add(AnnouncedPeer.Read(ref reader));
                }

                return MessageText.Of(peers);
        }
    }

    public static string Text(string codec, JsonElement fields)
    {
        switch (codec)
        {
            case "announcers":
                return MessageText.Of(VectorMessage.Announcers(fields));
            case "id":
                return MessageText.Of(fields.GetUInt32());
            case "buffer":
                return Convert.ToHexStringLower(Bytes(fields));
            case "peerId":
                return MessageText.Of(NodeId(fields));
            case "batch":
                using (DataChunks chunks = VectorMessage.Chunks(fields))
                {
                    return MessageText.Of(chunks);
                }

            case "node":
                return MessageText.Of(VectorMessage.Node(fields));
            case "relayAddresses":
                return MessageText.Of(VectorMessage.EndPointList(fields));
            case "peer":
                return MessageText.Of(VectorMessage.Peer(fields));
            default:
                return MessageText.Of(VectorMessage.Peers(fields));
        }
    }

    private static byte[] Bytes(JsonElement fields) => fields.ValueKind == JsonValueKind.Null ? [] : fields.Hex();

    private static Fixed32? NodeId(JsonElement fields) =>
        Bytes(fields) is { Length: > 0 } bytes ? new Fixed32(bytes) : null;
}

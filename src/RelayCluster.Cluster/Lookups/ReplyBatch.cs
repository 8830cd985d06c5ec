using RelayCluster.Dht;
using RelayCluster.Wire;
using RelayCluster.Wire.Values;

namespace RelayCluster.Cluster.Lookups;

/// <summary>
/// Some replies of the DHT on their way from a topic's owner to who asked: how many, then each as
/// <see cref="LookupReplyCodec"/> has it.
/// </summary>
internal static class ReplyBatch
{
    /// <summary>How many replies a batch may have.</summary>
    public const int MaxReplies = 64;

    public static byte[] Encode(IReadOnlyList<LookupReply> replies)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replies.Count, MaxReplies);
        var body = new byte[ArrayCodec.GetArraySize(replies, LookupReplyCodec.GetEncodedSize)];
        var writer = new CompactWriter(body);
        writer.WriteArray(replies, LookupReplyCodec.Write);
        return body;
    }

    /// <exception cref="ProtocolException">It is something else.</exception>
    public static LookupReply[] Decode(ReadOnlySpan<byte> body)
    {
        var reader = new CompactReader(body);
        return reader.ReadArray(LookupReplyCodec.Read, limit: MaxReplies);
    }
}

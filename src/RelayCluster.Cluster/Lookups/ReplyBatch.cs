using RelayCluster.Dht;
using RelayCluster.Wire;

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
        var body = new byte[CompactSize.UInt((ulong)replies.Count) + replies.Sum(LookupReplyCodec.GetEncodedSize)];
        var writer = new CompactWriter(body);
        writer.WriteUInt((ulong)replies.Count);
        foreach (LookupReply reply in replies)
        {
            LookupReplyCodec.Write(ref writer, reply);
        }

        return body;
    }

    /// <exception cref="ProtocolException">It is something else.</exception>
    public static LookupReply[] Decode(ReadOnlySpan<byte> body)
    {
        var reader = new CompactReader(body);
        var replies = new LookupReply[reader.ReadUInt(MaxReplies)];
        for (int i = 0; i < replies.Length; i++)
        {
            replies[i] = LookupReplyCodec.Read(ref reader);
        }

        return replies;
    }
}

using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>One node's answer to a lookup, announce or unannounce: the data of a result.</summary>
/// <param name="Token">What the node wants to see in an announcement.</param>
/// <param name="From">The node that answered.</param>
/// <param name="To">How that node saw the relay.</param>
/// <param name="Peers">Who announced the topic there.</param>
public sealed record Announcers(
    Fixed32 Token, AnnouncingNode From, AnnouncingNode To, IReadOnlyList<AnnouncedPeer> Peers)
{
    /// <summary>Reads the data of a result.</summary>
    /// <exception cref="ProtocolException">It is something else.</exception>
    public static Announcers Decode(ReadOnlySpan<byte> data)
    {
        var reader = new CompactReader(data);
        Fixed32 token = reader.ReadFixed32();
        AnnouncingNode from = AnnouncingNode.Read(ref reader);
        AnnouncingNode to = AnnouncingNode.Read(ref reader);
        var peers = new AnnouncedPeer[reader.ReadCount(AnnouncedPeer.MinEncodedSize)];
        for (int i = 0; i < peers.Length; i++)
        {
            peers[i] = AnnouncedPeer.Read(ref reader);
        }

        return new Announcers(token, from, to, peers);
    }

    /// <summary>The data of a result.</summary>
    public byte[] Encode()
    {
        var data = new byte[GetEncodedSize()];
        var writer = new CompactWriter(data);
        writer.WriteFixed32(Token);
        From.Write(ref writer);
        To.Write(ref writer);
        writer.WriteUInt((ulong)Peers.Count);
        foreach (AnnouncedPeer peer in Peers)
        {
            peer.Write(ref writer);
        }

        return data;
    }

    private int GetEncodedSize() =>
        Fixed32.Size
        + From.GetEncodedSize()
        + To.GetEncodedSize()
        + CompactSize.UInt((ulong)Peers.Count)
        + Peers.Sum(static peer => peer.GetEncodedSize());
}

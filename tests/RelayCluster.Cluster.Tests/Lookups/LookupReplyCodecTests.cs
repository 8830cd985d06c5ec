using System.Net;
using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Cluster.Lookups;
using RelayCluster.Dht;
using RelayCluster.Relay.Tests.Lookups;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Tests.Lookups;

public sealed class LookupReplyCodecTests
{
    private static readonly Gen<IPEndPoint> EndPoints =
        from address in Gen.Choose(0, int.MaxValue)
        from port in Gen.Choose(0, 65535)
        select new IPEndPoint(address, port);

    private static readonly Gen<Fixed32?> Ids =
        from number in Gen.Choose(-10, 1000)
        select number < 0 ? (Fixed32?)null : FakeQuery.Key(number);

    private static readonly Gen<DhtNodeAddress> Nodes =
        from id in Ids
        from endPoint in EndPoints
        select new DhtNodeAddress(id, endPoint);

    private static readonly Gen<DhtPeer> Peers =
        from key in Gen.Choose(0, 1000)
        from addresses in EndPoints.ArrayOf()
        select new DhtPeer(FakeQuery.Key(key), addresses);

    private static readonly Gen<LookupReply> Replies =
        from token in Ids
        from source in Nodes
        from to in Nodes
        from peers in Peers.ArrayOf()
        select new LookupReply(token, source, to, peers);

    private static readonly Arbitrary<LookupReply[]> Batches =
        Replies.ArrayOf().Where(static batch => batch.Length <= ReplyBatch.MaxReplies).ToArbitrary();

    [Fact]
    public void Decode_OfEncode_IsTheSame() => Prop.ForAll(Batches, static batch =>
    {
        LookupReply[] decoded = ReplyBatch.Decode(ReplyBatch.Encode(batch));
        return decoded.Length == batch.Length
            && decoded.Zip(batch).All(static pair => AreSame(pair.First, pair.Second));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decode_OfATruncatedBatch_Throws()
    {
        byte[] body = ReplyBatch.Encode([FakeQuery.Reply(1, peers: 3), FakeQuery.Reply(2)]);
        for (int length = 0; length < body.Length; length++)
        {
            Assert.Throws<ProtocolException>(() => ReplyBatch.Decode(body.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Decode_OfAnyBytes_GivesRepliesOrTheOneException() => Prop.ForAll<byte[]>(static body =>
    {
        try
        {
            ReplyBatch.Decode(body);
        }
        catch (ProtocolException)
        {
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decode_OfAChangedBatch_GivesRepliesOrTheOneException()
    {
        byte[] body = ReplyBatch.Encode([FakeQuery.Reply(1, peers: 3), FakeQuery.Reply(2)]);
        for (int i = 0; i < body.Length; i++)
        {
            foreach (byte value in new byte[] { 0, 1, 0x7f, 0xfc, 0xfd, 0xfe, 0xff })
            {
                byte[] changed = [.. body];
                changed[i] = value;
                try
                {
                    ReplyBatch.Decode(changed);
                }
                catch (ProtocolException)
                {
                }
            }
        }
    }

    [Fact]
    public void Encode_OfAReply_IsThis()
    {
        var reply = new LookupReply(
            null,
            new DhtNodeAddress(FakeQuery.Key(1), new IPEndPoint(IPAddress.Parse("1.2.3.4"), 0x0506)),
            new DhtNodeAddress(null, new IPEndPoint(IPAddress.Parse("7.8.9.10"), 0x0b0c)),
            [new DhtPeer(FakeQuery.Key(2), [new IPEndPoint(IPAddress.Parse("13.14.15.16"), 0x1112)])]);
        string expected =
            "01" // one reply
            + "02" // from has an id
            + "02" + new string('0', 62) + "010203040605"
            + "0708090a0c0b"
            + "01" + "03" + new string('0', 62) + "01" + "0d0e0f101211";
        Assert.Equal(expected, Convert.ToHexStringLower(ReplyBatch.Encode([reply])));
    }

    [Fact]
    public void Batches_HaveABound()
    {
        LookupReply[] many = [.. Enumerable.Range(0, ReplyBatch.MaxReplies + 1).Select(static i => FakeQuery.Reply(i))];
        Assert.Throws<ArgumentOutOfRangeException>(() => ReplyBatch.Encode(many));
        byte[] body = ReplyBatch.Encode(many[1..]);
        Assert.Equal(ReplyBatch.MaxReplies, ReplyBatch.Decode(body).Length);
        body[0]++;
        Assert.Throws<ProtocolException>(() => ReplyBatch.Decode([.. body, .. new byte[1000]]));
    }

    private static bool AreSame(LookupReply one, LookupReply other) =>
        one.Token == other.Token
        && one.From == other.From
        && one.To == other.To
        && one.Peers.Count == other.Peers.Count
        && one.Peers.Zip(other.Peers).All(static pair =>
            pair.First.PublicKey == pair.Second.PublicKey
            && pair.First.RelayAddresses.SequenceEqual(pair.Second.RelayAddresses));
}

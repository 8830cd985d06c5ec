using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Rpc.Messages;

public class MessagePropertyTests
{
    [Fact]
    public void A_request_is_read_as_it_was_written() => Prop.ForAll<int, uint, byte[]>(static (seed, command, value) =>
    {
        var random = new Random(seed);
        var message = new RequestMessage
        {
            TransactionId = (ushort)random.Next(65536),
            To = EndPoint(random),
            Id = Maybe(random),
            Token = Maybe(random),
            IsInternal = random.Next(2) == 1,
            Command = command,
            Target = Maybe(random),
            HasValue = value is { Length: > 0 },
            Value = value,
        };
        var datagram = new byte[message.GetEncodedSize()];
        message.Write(datagram);

        return RequestMessage.TryRead(datagram, out RequestMessage read)
            && read.TransactionId == message.TransactionId
            && read.To == message.To
            && read.Id == message.Id
            && read.Token == message.Token
            && read.IsInternal == message.IsInternal
            && read.Command == message.Command
            && read.Target == message.Target
            && read.HasValue == message.HasValue
            && read.Value.SequenceEqual(message.Value);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_reply_is_read_as_it_was_written() => Prop.ForAll<int, uint, byte[]>(static (seed, error, value) =>
    {
        var random = new Random(seed);
        UdpEndPoint[] nodes = [.. Enumerable.Range(0, random.Next(21)).Select(_ => EndPoint(random))];
        var message = new ReplyMessage
        {
            TransactionId = (ushort)random.Next(65536),
            To = EndPoint(random),
            Id = Maybe(random),
            Token = Maybe(random),
            CloserNodes = nodes,
            Error = error,
            HasValue = value is { Length: > 0 },
            Value = value,
        };
        var datagram = new byte[message.GetEncodedSize()];
        message.Write(datagram);

        return ReplyMessage.TryRead(datagram, out ReplyMessage read)
            && read.TransactionId == message.TransactionId
            && read.To == message.To
            && read.Id == message.Id
            && read.Token == message.Token
            && read.ReadCloserNodes().AsSpan().SequenceEqual(nodes)
            && read.Error == message.Error
            && read.HasValue == message.HasValue
            && read.Value.SequenceEqual(message.Value);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_truncation_of_a_message_is_refused()
    {
        var random = new Random(1);
        var request = new RequestMessage
        {
            Id = Any(random),
            Token = Any(random),
            Target = Any(random),
            Command = 300,
            HasValue = true,
            Value = new byte[300],
        };
        var reply = new ReplyMessage
        {
            Id = Any(random),
            Token = Any(random),
            CloserNodes = new UdpEndPoint[20],
            Error = 300,
            HasValue = true,
            Value = new byte[300],
        };
        var requestBytes = new byte[request.GetEncodedSize()];
        var replyBytes = new byte[reply.GetEncodedSize()];
        request.Write(requestBytes);
        reply.Write(replyBytes);

        for (int length = 0; length < requestBytes.Length; length++)
        {
            Assert.False(RequestMessage.TryRead(requestBytes.AsSpan(0, length), out _));
        }

        for (int length = 0; length < replyBytes.Length; length++)
        {
            Assert.False(ReplyMessage.TryRead(replyBytes.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void Junk_is_read_or_refused_but_never_throws() => Prop.ForAll<byte[]>(static junk =>
    {
        byte[] request = [RequestMessage.FirstByte, .. junk];
        byte[] reply = [ReplyMessage.FirstByte, .. junk];
        RequestMessage.TryRead(request, out _);
        if (ReplyMessage.TryRead(reply, out ReplyMessage read))
        {
            read.ReadCloserNodes();
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_count_of_nodes_that_are_not_there_is_refused()
    {
        byte[] reply = [ReplyMessage.FirstByte, 4, 0, 0, 127, 0, 0, 1, 0, 1, 0xfe, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3];

        Assert.False(ReplyMessage.TryRead(reply, out _));
    }

    [Fact]
    public void More_nodes_than_anybody_honest_sends_are_cut_off()
    {
        var message = new ReplyMessage { CloserNodes = new UdpEndPoint[200] };
        var datagram = new byte[message.GetEncodedSize()];
        message.Write(datagram);

        Assert.True(ReplyMessage.TryRead(datagram, out ReplyMessage read));
        Assert.Equal(ReplyMessage.MaxCloserNodes, read.ReadCloserNodes().Length);
    }

    private static UdpEndPoint EndPoint(Random random) => new((uint)random.NextInt64(), (ushort)random.Next(65536));

    private static Fixed32? Maybe(Random random) => random.Next(2) == 1 ? Any(random) : null;

    private static Fixed32 Any(Random random)
    {
        Span<byte> bytes = stackalloc byte[Fixed32.Size];
        random.NextBytes(bytes);
        return new Fixed32(bytes);
    }
}

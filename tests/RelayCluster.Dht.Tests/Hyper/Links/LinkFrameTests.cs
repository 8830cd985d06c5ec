using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Dht.Hyper.Links;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Links;

public sealed class LinkFrameTests
{
    private static readonly Gen<LinkFrameKind> Kinds = Gen.Elements(Enum.GetValues<LinkFrameKind>());

    [Theory]
    [InlineData(LinkFrameKind.Hello, "0a0b", "0102000a0b")]
    [InlineData(LinkFrameKind.Taken, "", "020000")]
    [InlineData(LinkFrameKind.Answer, "0c", "0301000c")]
    [InlineData(LinkFrameKind.Refused, "", "040000")]
    [InlineData(LinkFrameKind.Data, "ff", "050100ff")]
    [InlineData(LinkFrameKind.End, "", "060000")]
    internal void Bytes_OfEachKind(LinkFrameKind kind, string body, string expected)
    {
        Assert.Equal(expected, Convert.ToHexStringLower(Encode(kind, Convert.FromHexString(body))));
    }

    [Fact]
    public void Read_OfWritten_IsTheSame_CutAnywhere()
    {
        Gen<(LinkFrameKind Kind, byte[] Body, int Cut)> cases =
            from kind in Kinds
            from body in Gen.Choose(0, 255).Select(static b => (byte)b).ArrayOf()
            from cut in Gen.Choose(0, int.MaxValue)
            select (kind, body, cut);
        Prop.ForAll(cases.ToArbitrary(), static c =>
        {
            byte[] encoded = [.. Encode(c.Kind, c.Body), 1, 2, 3];
            ReadOnlySequence<byte> buffer = Split(encoded, c.Cut % encoded.Length);

            Assert.True(LinkFrame.TryRead(ref buffer, out LinkFrame frame));
            Assert.Equal(c.Kind, frame.Kind);
            Assert.Equal(c.Body, frame.Body.ToArray());
            Assert.Equal([1, 2, 3], buffer.ToArray());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Read_NotAllThere_TakesNothing()
    {
        byte[] encoded = Encode(LinkFrameKind.Data, "some bytes"u8.ToArray());
        for (int length = 0; length < encoded.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(encoded, 0, length);
            Assert.False(LinkFrame.TryRead(ref buffer, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Fact]
    public void Read_OfAnyBytes_FailsOnlyAsAProtocolDoes()
    {
        Prop.ForAll(Gen.Choose(0, 255).Select(static b => (byte)b).ArrayOf().ToArbitrary(), static bytes =>
        {
            var buffer = new ReadOnlySequence<byte>(bytes);
            try
            {
                while (LinkFrame.TryRead(ref buffer, out _))
                {
                }
            }
            catch (ProtocolException)
            {
                // what it is for
            }
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("000000")]
    [InlineData("070000")]
    [InlineData("050180")]
    [InlineData("05ffff")]
    public void Read_NoSuchKindOrTooLong_FailsBeforeTheBodyIsThere(string header)
    {
        Assert.Throws<ProtocolException>(() =>
        {
            var buffer = new ReadOnlySequence<byte>(Convert.FromHexString(header));
            LinkFrame.TryRead(ref buffer, out _);
        });
    }

    [Fact]
    public void Write_TooLong_Fails() => Assert.Throws<ArgumentOutOfRangeException>(
        () => Encode(LinkFrameKind.Data, new byte[LinkFrame.MaxBodySize + 1]));

    private static byte[] Encode(LinkFrameKind kind, byte[] body)
    {
        var writer = new ArrayBufferWriter<byte>();
        LinkFrame.Write(writer, kind, new ReadOnlySequence<byte>(body));
        return writer.WrittenSpan.ToArray();
    }

    private static ReadOnlySequence<byte> Split(byte[] bytes, int at)
    {
        var first = new Segment(bytes.AsMemory(0, at), 0, null);
        var second = new Segment(bytes.AsMemory(at), at, first);
        return new ReadOnlySequence<byte>(first, 0, second, bytes.Length - at);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index, Segment? previous)
        {
            Memory = memory;
            RunningIndex = index;
            if (previous is not null)
            {
                previous.Next = this;
            }
        }
    }
}

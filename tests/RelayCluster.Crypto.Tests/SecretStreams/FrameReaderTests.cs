using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Tests.SecretStreams;

public sealed class FrameReaderTests
{
    [Fact]
    public void AWholeFrameInOnePiece_IsGivenInPlace()
    {
        using var reader = new FrameReader();
        byte[] bytes = [2, 0, 0, 7, 8, 1, 0, 0, 9];
        var input = new ReadOnlySequence<byte>(bytes);

        Assert.True(reader.TryRead(ref input, 10, out Frame frame));

        Assert.False(frame.IsAssembled);
        Assert.True(frame.Body.Overlaps(bytes));
        Assert.Equal([7, 8], frame.Body.ToArray());
        Assert.Equal(4, input.Length);
    }

    [Fact]
    public void AFrameInTwoPieces_IsGathered()
    {
        using var reader = new FrameReader();
        ReadOnlySequence<byte> input = ByteSequence.Of([3, 0, 0, 7], [8, 9, 1]);

        Assert.True(reader.TryRead(ref input, 10, out Frame frame));

        Assert.True(frame.IsAssembled);
        Assert.Equal([7, 8, 9], frame.Body.ToArray());
        Assert.Equal([1], input.ToArray());
        frame.Release();
    }

    [Fact]
    public void APartOfAFrame_IsConsumedAndKept()
    {
        using var reader = new FrameReader();
        ReadOnlySequence<byte> input = ByteSequence.Of([3, 0, 0, 7, 8]);
        Assert.False(reader.TryRead(ref input, 10, out _));
        Assert.True(input.IsEmpty);
        Assert.True(reader.IsMidFrame);

        input = ByteSequence.Of([9]);
        Assert.True(reader.TryRead(ref input, 10, out Frame frame));
        Assert.Equal([7, 8, 9], frame.Body.ToArray());
        Assert.False(reader.IsMidFrame);
        frame.Release();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void LessThanALength_IsLeftWhereItIs(int count)
    {
        using var reader = new FrameReader();
        var input = new ReadOnlySequence<byte>(new byte[count]);
        Assert.False(reader.TryRead(ref input, 10, out _));
        Assert.Equal(count, input.Length);
        Assert.False(reader.IsMidFrame);
    }

    [Fact]
    public void AnEmptyFrame_IsAFrame()
    {
        using var reader = new FrameReader();
        var input = new ReadOnlySequence<byte>(new byte[3]);
        Assert.True(reader.TryRead(ref input, 0, out Frame frame));
        Assert.True(frame.Body.IsEmpty);
    }

    [Fact]
    public void ALengthBeyondTheLimit_IsRefusedBeforeItsBytesCome()
    {
        using var reader = new FrameReader();
        Assert.Throws<ProtocolException>(() =>
        {
            ReadOnlySequence<byte> input = ByteSequence.Of([11, 0, 0]);
            reader.TryRead(ref input, 10, out _);
        });
    }

    [Fact]
    public void AHugeLengthWithFewBytes_TakesLittleMemory()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 8; i++)
        {
            using var reader = new FrameReader();
            ReadOnlySequence<byte> input = ByteSequence.Of([0xFF, 0xFF, 0xFF, 1, 2, 3]);
            Assert.False(reader.TryRead(ref input, Frame.MaxBodySize, out _));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
    }

    [Fact]
    public void AnyFramesInAnyCut_ComeOutAsTheyWere()
    {
        Prop.ForAll<byte[][], PositiveInt[]>((bodies, cuts) =>
        {
            using var reader = new FrameReader();
            List<byte[]> read = [];
            byte[] rest = [];
            foreach (byte[] chunk in Cut([.. bodies.SelectMany(Framed)], cuts))
            {
                ReadOnlySequence<byte> input = ByteSequence.Of(rest, chunk);
                while (reader.TryRead(ref input, Frame.MaxBodySize, out Frame frame))
                {
                    read.Add(frame.Body.ToArray());
                    frame.Release();
                }

                rest = input.ToArray();
            }

            return rest.Length == 0
                && read.Count == bodies.Length
                && read.Zip(bodies).All(pair => pair.First.SequenceEqual(pair.Second));
        }).QuickCheckThrowOnFailure();
    }

    internal static IEnumerable<byte[]> Cut(byte[] bytes, PositiveInt[] cuts)
    {
        int position = 0;
        foreach (PositiveInt cut in cuts)
        {
            int end = Math.Min(bytes.Length, position + cut.Get);
            yield return bytes[position..end];
            position = end;
        }

        yield return bytes[position..];
    }

    private static byte[] Framed(byte[] body)
    {
        var frame = new byte[Frame.PrefixSize + body.Length];
        Frame.WritePrefix(body.Length, frame);
        body.CopyTo(frame, Frame.PrefixSize);
        return frame;
    }
}

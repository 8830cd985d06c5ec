using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Tests.SecretStreams;

public sealed class SecretStreamReceiverTests
{
    private static readonly byte[] CipherHeader = [.. Enumerable.Repeat((byte)9, StreamCipher.HeaderSize)];

    [Fact]
    public void AnyMessagesInAnyCut_ComeOutAsTheyWere()
    {
        Prop.ForAll<byte[][], PositiveInt[]>((messages, cuts) =>
        {
            using FeedingReceiver receiver = Receiver();
            foreach (byte[] chunk in FrameReaderTests.Cut(Written(messages), cuts))
            {
                receiver.Feed(chunk);
            }

            receiver.End();
            return receiver.Messages.Count == messages.Length
                && receiver.Messages.Zip(messages).All(pair => pair.First.SequenceEqual(pair.Second));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void EveryByte_IsAPlaceToCut()
    {
        byte[] bytes = Written([[1, 2, 3], [], [4]]);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            using FeedingReceiver receiver = Receiver();
            receiver.Feed(bytes[..cut]);
            receiver.Feed(bytes[cut..]);
            Assert.Equal<byte[]>([[1, 2, 3], [], [4]], receiver.Messages);
        }
    }

    [Fact]
    public void AnyCorruption_IsRefusedOrWaitsForMore_AndShowsNoFalseMessage()
    {
        Prop.ForAll<byte[][], NonNegativeInt, PositiveInt>((messages, position, flip) =>
        {
            byte[] bytes = Written(messages);
            bytes[position.Get % bytes.Length] ^= (byte)(1 << (flip.Get % 8));
            using FeedingReceiver receiver = Receiver();
            Exception? error = Record.Exception(() =>
            {
                receiver.Feed(bytes);
                receiver.End();
            });
            return error is ProtocolException
                && receiver.Messages.Zip(messages).All(pair => pair.First.SequenceEqual(pair.Second));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void AnyBytes_ThrowNothingButTheOneException()
    {
        Prop.ForAll<byte[], bool>((bytes, afterHeader) =>
        {
            using FeedingReceiver receiver = Receiver();
            if (afterHeader)
            {
                receiver.Feed(Written([]));
            }

            Exception? error = Record.Exception(() =>
            {
                receiver.Feed(bytes);
                receiver.End();
            });
            return error is ProtocolException || (error is null && afterHeader && bytes.Length == 0);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void EveryTruncationWithinAFrame_IsAnErrorAtTheEnd()
    {
        byte[] bytes = Written([[1, 2, 3], [4]]);
        int[] ends = [StreamHeader.FrameSize, StreamHeader.FrameSize + 23, bytes.Length];
        for (int length = 0; length <= bytes.Length; length++)
        {
            using FeedingReceiver receiver = Receiver();
            receiver.Feed(bytes[..length]);
            Exception? error = Record.Exception(receiver.End);
            Assert.Equal(!ends.Contains(length), error is ProtocolException);
        }
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void AMessageBeyondTheLimit_IsRefusedAtItsLength(int size, bool isTaken)
    {
        using FeedingReceiver receiver = Receiver(maxMessageBytes: 10);
        byte[] bytes = Written([new byte[size]]);
        Exception? error = Record.Exception(() => receiver.Feed(bytes[..(StreamHeader.FrameSize + Frame.PrefixSize)]));
        Assert.Equal(isTaken, error is null);
    }

    [Fact]
    public void EmptyMessages_AreDroppedWhereTheyKeepAlive()
    {
        using FeedingReceiver receiver = Receiver(dropsEmptyMessages: true);
        receiver.Feed(Written([[], [1], [], [], [2], []]));
        receiver.End();
        Assert.Equal<byte[]>([[1], [2]], receiver.Messages);
    }

    [Fact]
    public void AMessageTwice_IsRefused()
    {
        byte[] bytes = Written([[1]]);
        using FeedingReceiver receiver = Receiver();
        receiver.Feed(bytes);
        Assert.Throws<ProtocolException>(() => receiver.Feed(bytes[StreamHeader.FrameSize..]));
    }

    private static byte[] Written(byte[][] messages)
    {
        using NoiseResult keys = StreamKeys.MadeUp(isInitiator: true);
        using var sender = new SecretStreamSender(keys, true, StreamGeneration.Current, CipherHeader);
        var bytes = new byte[StreamHeader.FrameSize + messages.Sum(m => SecretStreamSender.GetFrameSize(m.Length))];
        sender.WriteHeader(bytes);
        Span<byte> rest = bytes.AsSpan(StreamHeader.FrameSize);
        foreach (byte[] message in messages)
        {
            sender.WriteMessage(message, rest);
            rest = rest[SecretStreamSender.GetFrameSize(message.Length)..];
        }

        return bytes;
    }

    private static FeedingReceiver Receiver(
        int maxMessageBytes = SecretStream.MaxMessageBytes,
        bool dropsEmptyMessages = false)
    {
        using NoiseResult keys = StreamKeys.MadeUp(isInitiator: false);
        return new FeedingReceiver(
            new SecretStreamReceiver(keys, false, StreamGeneration.Current, maxMessageBytes, dropsEmptyMessages));
    }
}

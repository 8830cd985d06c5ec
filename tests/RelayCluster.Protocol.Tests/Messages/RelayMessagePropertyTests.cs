using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Crypto;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Tests.Messages;

public sealed class RelayMessagePropertyTests
{
    [Fact]
    public void AnyBytes_OfAnyType_ThrowNothingButTheProtocolException() => Prop.ForAll<byte[], byte>(
        static (bytes, type) =>
        {
            try
            {
                using RelayMessage message =
                    RelayMessageCodec.Read((RelayMessageType)(type % 30), PooledBuffer.CopyOf(bytes));
                return (int)message.Type == type % 30;
            }
            catch (ProtocolException)
            {
                return true;
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Data_AnyChunks_ComeBack() => Prop.ForAll<uint, byte[][]>(static (alias, chunks) =>
    {
        using var sent = new DataMessage(
            alias, DataChunks.CopyOf([.. chunks.Select(static c => (ReadOnlyMemory<byte>)(c ?? []))]));
        PooledBuffer body = PooledBuffer.Rent(RelayMessageCodec.GetEncodedSize(sent));
        RelayMessageCodec.Write(sent, body.Span);
        using RelayMessage received = RelayMessageCodec.Read(RelayMessageType.Data, body);
        return MessageText.Of(received) == MessageText.Of(sent);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Data_OneChunk_IsWrittenAsAnArrayOfOne()
    {
        using var single = new DataMessage(7, PooledBuffer.CopyOf([1, 2, 3]));
        using var array = new DataMessage(7, DataChunks.CopyOf([new byte[] { 1, 2, 3 }]));
        Assert.Equal(Encode(array), Encode(single));
    }

    [Fact]
    public void Data_ChunksLieInTheBufferThatWasReceived()
    {
        PooledBuffer body = PooledBuffer.CopyOf([1, 0, 0, 0, 2, 1, 0xaa, 2, 0xbb, 0xcc]);
        using var message = (DataMessage)RelayMessageCodec.Read(RelayMessageType.Data, body);
        List<ReadOnlyMemory<byte>> chunks = [];
        foreach (ReadOnlyMemory<byte> chunk in message.Chunks)
        {
            chunks.Add(chunk);
        }

        Assert.True(chunks[0].Span.Overlaps(body.Span[6..7]));
        Assert.True(chunks[1].Span.Overlaps(body.Span[8..]));
    }

    [Fact]
    public void Data_OneChunk_CostsOneObject()
    {
        byte[] body = [1, 0, 0, 0, 1, 3, 0xaa, 0xbb, 0xcc];
        int total = Read(body);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            total += Read(body);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * 100);
        Assert.Equal(101 * 3, total);

        static int Read(byte[] body)
        {
            int length = 0;
            using var message = (DataMessage)RelayMessageCodec.Read(RelayMessageType.Data, PooledBuffer.CopyOf(body));
            foreach (ReadOnlyMemory<byte> chunk in message.Chunks)
            {
                length += chunk.Length;
            }

            return length;
        }
    }

    [Fact]
    public void SecretKey_IsZeroedWhereItLay_AndByItsOwner()
    {
        var message = new HandshakeMessage(default, new KeyPair(default, [.. Enumerable.Repeat((byte)7, 64)]));
        byte[] body = Encode(message);
        Assert.Contains((byte)7, body);

        var read = (HandshakeMessage)RelayMessageCodec.Read(RelayMessageType.Handshake, body.AsSpan());
        Assert.DoesNotContain((byte)7, body);
        Assert.Equal(7, read.KeyPair!.SecretKey[63]);
        read.Dispose();
        Assert.Equal(-1, read.KeyPair.SecretKey.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void NoiseReply_OfAResponderThatDoesNotTellThePeer_CannotBeWritten()
    {
        var message = new NoiseReplyMessage(IsInitiator: false, 1, Array.Empty<byte>(), null, null);
        Assert.Throws<InvalidOperationException>(() => Encode(message));
    }

    private static byte[] Encode(RelayMessage message)
    {
        var body = new byte[RelayMessageCodec.GetEncodedSize(message)];
        RelayMessageCodec.Write(message, body);
        return body;
    }
}

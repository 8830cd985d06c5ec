using System.Text.Json;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Tests.SecretStreams;

public sealed class SecretStreamVectorTests
{
    private const string Current = "secret-stream.json";
    private const string Version5 = "secret-stream-v5.json";

    public static TheoryData<string, string> Reads => Names("read");

    public static TheoryData<string, string> Sessions => Names("session");

    [Theory]
    [MemberData(nameof(Reads))]
    public void ChunksInAnyCut_GiveTheMessagesAndThenTheError(string file, string name)
    {
        JsonElement vector = Find(file, name);
        bool isInitiator = vector.GetProperty("receiver").ValueEquals("initiator");
        using NoiseResult keys = StreamKeys.Of(vector, vector);
        using var receiver = new FeedingReceiver(Receiver(keys, isInitiator, file));

        Exception? error = Record.Exception(() =>
        {
            foreach (JsonElement chunk in vector.GetProperty("chunks").EnumerateArray())
            {
                receiver.Feed(chunk.Hex());
            }
        });

        Assert.Equal(vector.GetProperty("plaintexts").EnumerateArray().Select(p => p.Hex()), receiver.Messages);
        Assert.Equal(vector.TryGetProperty("error", out _), error is ProtocolException);
        Assert.True(error is null or ProtocolException);
    }

    [Theory]
    [MemberData(nameof(Sessions))]
    public void ASession_IsWrittenAndRead(string file, string name)
    {
        JsonElement vector = Find(file, name);
        JsonElement setup = vector.GetProperty("setup");
        foreach (bool isInitiator in new[] { true, false })
        {
            string side = isInitiator ? "initiator" : "responder";
            using NoiseResult keys = StreamKeys.Of(vector, vector.GetProperty(side));
            byte[] header = From(setup, side)[^1];
            using var sender = new SecretStreamSender(keys, isInitiator, Generation(file), header.AsSpan(^24..));
            var written = new byte[StreamHeader.FrameSize];
            sender.WriteHeader(written);
            Assert.Equal(header, written);

            string other = isInitiator ? "responder" : "initiator";
            using var receiver = new FeedingReceiver(Receiver(keys, isInitiator, file));
            receiver.Feed(From(setup, other)[^1]);
            foreach (JsonElement message in vector.GetProperty("messages").EnumerateArray())
            {
                if (message.GetProperty("from").ValueEquals(side))
                {
                    Assert.Equal(message.Hex("hex"), Written(sender, message.Hex("plaintext")));
                }
                else
                {
                    receiver.Feed(message.Hex("hex"));
                    Assert.Equal(message.Hex("plaintext"), receiver.Messages[^1]);
                }
            }

            receiver.End();
        }
    }

    [Theory]
    [InlineData(Current)]
    [InlineData(Version5)]
    public void ALargeMessage_IsWrittenAndRead(string file)
    {
        JsonElement vector = Assert.Single(VectorFile.Load(file).Where("kind", "large"));
        byte[] key = vector.Hex("tx");
        byte[] header = vector.Hex("header");
        JsonElement repeat = vector.GetProperty("repeat");
        var message = new byte[repeat.GetProperty("count").GetInt32()];
        Array.Fill(message, Convert.ToByte(repeat.GetProperty("byte").GetString(), fromBase: 16));
        using var keys = new NoiseResult(new byte[64], key, key, publicKey: default, remotePublicKey: default);
        using var sender = new SecretStreamSender(keys, true, Generation(file), header);

        byte[] frame = Written(sender, message);

        Assert.Equal(vector.GetProperty("frameLength").GetInt32(), frame.Length);
        Assert.Equal(vector.Hex("prefixHex"), frame[..3]);
        Assert.Equal(vector.Hex("hexStart"), frame[..vector.Hex("hexStart").Length]);
        Assert.Equal(vector.Hex("blake2b256"), Blake2b.Hash(frame).ToArray());

        var headerFrame = new byte[StreamHeader.FrameSize];
        sender.WriteHeader(headerFrame);
        using var receiver = new FeedingReceiver(Receiver(keys, isInitiator: false, file));
        foreach (byte[] chunk in headerFrame.Concat(frame).Chunk(1000))
        {
            receiver.Feed(chunk);
        }

        Assert.Equal(message, Assert.Single(receiver.Messages));
    }

    [Theory]
    [InlineData(Current, Version5)]
    [InlineData(Version5, Current)]
    public void AHeaderOfTheOtherGeneration_IsRefusedUnlessAnyIsTaken(string file, string otherFile)
    {
        JsonElement vector = VectorFile.Load(file).Where("kind", "session")[0];
        byte[] header = From(vector.GetProperty("setup"), "initiator")[^1];
        using NoiseResult keys = StreamKeys.Of(vector, vector.GetProperty("responder"));

        using var strict = new FeedingReceiver(Receiver(keys, isInitiator: false, otherFile));
        Assert.Throws<ProtocolException>(() => strict.Feed(header));

        var receiver = new SecretStreamReceiver(keys, false, expected: null, 100, dropsEmptyMessages: false);
        using var open = new FeedingReceiver(receiver);
        open.Feed(header);
        Assert.Equal(Generation(file), receiver.Generation);
    }

    private static SecretStreamReceiver Receiver(NoiseResult keys, bool isInitiator, string file) =>
        new(keys, isInitiator, Generation(file), SecretStream.MaxMessageBytes, dropsEmptyMessages: false);

    private static StreamGeneration Generation(string file) =>
        file == Version5 ? StreamGeneration.Version5 : StreamGeneration.Current;

    private static byte[] Written(SecretStreamSender sender, byte[] message)
    {
        var frame = new byte[SecretStreamSender.GetFrameSize(message.Length)];
        sender.WriteMessage(message, frame);
        return frame;
    }

    private static List<byte[]> From(JsonElement entries, string side) =>
        [.. entries.EnumerateArray().Where(e => e.GetProperty("from").ValueEquals(side)).Select(e => e.Hex("hex"))];

    private static TheoryData<string, string> Names(string kind)
    {
        var names = new TheoryData<string, string>();
        foreach (string file in new[] { Current, Version5 })
        {
            foreach (JsonElement vector in VectorFile.Load(file).Where("kind", kind))
            {
                names.Add(file, vector.Name());
            }
        }

        return names;
    }

    private static JsonElement Find(string file, string name) =>
        Assert.Single(VectorFile.Load(file).Where("name", name));
}

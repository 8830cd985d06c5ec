using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Crypto.Tests.Noise;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Tests.SecretStreams;

public sealed class SecretStreamHandshakeTests
{
    private static readonly SecretStreamOptions Defaults = new();

    [Fact]
    public async Task BothSides_LearnEachOthersKeyAndAgree()
    {
        using KeyPair initiatorKey = KeyPair.Generate();
        using KeyPair responderKey = KeyPair.Generate();
        (SecretStream initiator, SecretStream responder) =
            await HandshakeAsync(initiatorKey, Defaults, responderKey, Defaults);
        await using SecretStream a = initiator;
        await using SecretStream b = responder;

        Assert.Equal(responderKey.PublicKey, a.RemotePublicKey);
        Assert.Equal(initiatorKey.PublicKey, b.RemotePublicKey);
        Assert.Equal(initiatorKey.PublicKey, a.PublicKey);
        Assert.Equal(a.HandshakeHash.ToArray(), b.HandshakeHash.ToArray());
        Assert.True(a.IsInitiator);
        Assert.False(b.IsInitiator);
        await AssertTalkAsync(a, b);
    }

    [Theory]
    [InlineData(StreamGeneration.Current)]
    [InlineData(StreamGeneration.Version5)]
    public async Task AResponderThatFollows_AnswersInTheInitiatorsGeneration(StreamGeneration generation)
    {
        using KeyPair key = KeyPair.Generate();
        (SecretStream initiator, SecretStream responder) = await HandshakeAsync(
            key, new SecretStreamOptions { Generation = generation },
            key, new SecretStreamOptions { FollowInitiator = true });
        await using SecretStream a = initiator;
        await using SecretStream b = responder;
        Assert.Equal(generation, b.Generation);
        await AssertTalkAsync(a, b);
    }

    [Fact]
    public async Task AResponderThatDoesNotFollow_RefusesTheOtherGeneration()
    {
        using KeyPair key = KeyPair.Generate();
        (SecretStream initiator, SecretStream responder) = await HandshakeAsync(
            key, new SecretStreamOptions { Generation = StreamGeneration.Version5 }, key, Defaults);
        await using SecretStream a = initiator;
        await using SecretStream b = responder;
        await Assert.ThrowsAsync<ProtocolException>(() => StreamPair.ReadAsync(b));
    }

    [Theory]
    [InlineData("secret-stream.json", StreamGeneration.Current, true)]
    [InlineData("secret-stream.json", StreamGeneration.Current, false)]
    [InlineData("secret-stream-v5.json", StreamGeneration.Version5, true)]
    [InlineData("secret-stream-v5.json", StreamGeneration.Version5, false)]
    public async Task EveryByteOfTheVector_IsWrittenAndRead(string file, StreamGeneration generation, bool isInitiator)
    {
        JsonElement vector = Assert.Single(VectorFile.Load(file).Where("pattern", "XX"));
        string side = isInitiator ? "initiator" : "responder";
        var pipes = new PipePair();
        ILookup<bool, byte[]> setup = vector.GetProperty("setup").EnumerateArray()
            .ToLookup(e => e.GetProperty("from").ValueEquals(side), e => e.Hex("hex"));
        foreach (byte[] frame in setup[false])
        {
            await pipes.Responder.Output.WriteAsync(frame);
        }

        using var handshake = new NoiseHandshake(
            NoisePattern.XX,
            isInitiator,
            NoiseVectors.Key(side + "Static"),
            remotePublicKey: null,
            prologue: [],
            NoiseVectors.Key(side + "Ephemeral"));
        await using SecretStream stream = await SecretStream.RunHandshakeAsync(
            pipes.Initiator, handshake, new SecretStreamOptions { Generation = generation }, CancellationToken.None)
            .AsTask().WaitAsync(StreamPair.Deadline);

        // Everything but the header's nonce, its last 24 bytes, is determined.
        byte[] expected = [.. setup[true].SelectMany(f => f)];
        byte[] written = await ReadExactlyAsync(pipes.Responder.Input, expected.Length);
        Assert.Equal(expected[..^24], written[..^24]);
        Assert.Equal(vector.Hex("hash"), stream.HandshakeHash.ToArray());
        foreach (JsonElement message in vector.GetProperty("messages").EnumerateArray())
        {
            if (!message.GetProperty("from").ValueEquals(side))
            {
                await pipes.Responder.Output.WriteAsync(message.Hex("hex"));
                Assert.Equal(message.Hex("plaintext"), await StreamPair.ReadAsync(stream));
            }
        }
    }

    [Fact]
    public async Task AnEndWithinTheHandshake_IsAProtocolViolation()
    {
        using KeyPair key = KeyPair.Generate();
        var pipes = new PipePair();
        Task<SecretStream> shaking = SecretStream.HandshakeAsync(pipes.Responder, isInitiator: false, key).AsTask();
        await pipes.Initiator.Output.WriteAsync(new byte[] { 32, 0, 0, 1 });
        await pipes.Initiator.Output.CompleteAsync();
        await Assert.ThrowsAsync<ProtocolException>(() => shaking.WaitAsync(StreamPair.Deadline));
        await Assert.ThrowsAsync<ProtocolException>(async () => await pipes.Initiator.Input.ReadAsync());
    }

    [Fact]
    public async Task ACancelledHandshake_LetsGoOfThePipe()
    {
        using KeyPair key = KeyPair.Generate();
        using var cancel = new CancellationTokenSource();
        var pipes = new PipePair();
        Task<SecretStream> shaking =
            SecretStream.HandshakeAsync(pipes.Responder, isInitiator: false, key, null, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shaking.WaitAsync(StreamPair.Deadline));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pipes.Initiator.Input.ReadAsync());
    }

    [Fact]
    public void AnyBytesFromAStranger_EndInTheOneException()
    {
        using KeyPair key = KeyPair.Generate();
        Prop.ForAll<byte[], bool>((bytes, isInitiator) => EndsInProtocolExceptionAsync(bytes, isInitiator, key).Result)
            .QuickCheckThrowOnFailure();
    }

    private static async Task<bool> EndsInProtocolExceptionAsync(byte[] bytes, bool isInitiator, KeyPair key)
    {
        var pipes = new PipePair();
        await pipes.Responder.Output.WriteAsync(bytes);
        await pipes.Responder.Output.CompleteAsync();
        Exception? error = await Record.ExceptionAsync(() =>
            SecretStream.HandshakeAsync(pipes.Initiator, isInitiator, key).AsTask().WaitAsync(StreamPair.Deadline));
        return error is ProtocolException;
    }

    private static async Task<(SecretStream Initiator, SecretStream Responder)> HandshakeAsync(
        KeyPair initiatorKey,
        SecretStreamOptions initiatorOptions,
        KeyPair responderKey,
        SecretStreamOptions responderOptions)
    {
        var pipes = new PipePair();
        Task<SecretStream> initiator =
            SecretStream.HandshakeAsync(pipes.Initiator, true, initiatorKey, initiatorOptions).AsTask();
        Task<SecretStream> responder =
            SecretStream.HandshakeAsync(pipes.Responder, false, responderKey, responderOptions).AsTask();
        return (await initiator.WaitAsync(StreamPair.Deadline), await responder.WaitAsync(StreamPair.Deadline));
    }

    private static async Task AssertTalkAsync(SecretStream a, SecretStream b)
    {
        await a.WriteMessageAsync(new byte[] { 1 });
        await b.WriteMessageAsync(new byte[] { 2 });
        Assert.Equal([1], await StreamPair.ReadAsync(b));
        Assert.Equal([2], await StreamPair.ReadAsync(a));
    }

    private static async Task<byte[]> ReadExactlyAsync(PipeReader reader, int length)
    {
        ReadResult read = await reader.ReadAtLeastAsync(length).AsTask().WaitAsync(StreamPair.Deadline);
        byte[] bytes = read.Buffer.ToArray();
        Assert.Equal(length, bytes.Length);
        reader.AdvanceTo(read.Buffer.End);
        return bytes;
    }
}

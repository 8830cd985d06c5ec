using System.Text;
using System.Text.Json;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Tests.Noise;

public sealed class NoiseHandshakeTests
{
    public static TheoryData<string> Handshakes => Names("handshake");

    public static TheoryData<string> Refusals => Names("refused");

    [Theory]
    [MemberData(nameof(Handshakes))]
    public void EveryVector_IsWrittenAndRead(string name)
    {
        JsonElement vector = Find(name);
        using NoiseHandshake initiator = NoiseVectors.Side(vector, isInitiator: true);
        using NoiseHandshake responder = NoiseVectors.Side(vector, isInitiator: false);
        AssertState(vector.GetProperty("initial"), initiator, responder);

        foreach (JsonElement message in vector.GetProperty("messages").EnumerateArray())
        {
            (NoiseHandshake writer, NoiseHandshake reader) =
                message.GetProperty("from").ValueEquals("initiator") ? (initiator, responder) : (responder, initiator);
            Assert.Equal(message.Hex("hex"), writer.WriteMessage(message.Hex("payload")));
            Assert.Equal(message.Hex("payload"), reader.ReadMessage(message.Hex("hex")));
            if (message.TryGetProperty("after", out JsonElement after))
            {
                AssertState(after, initiator, responder);
            }
        }

        AssertResult(vector, vector.GetProperty("initiator"), initiator);
        AssertResult(vector, vector.GetProperty("responder"), responder);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void AMessageThatDoesNotFit_EndsTheHandshake(string name)
    {
        JsonElement vector = Find(name);
        bool receiverIsInitiator = vector.GetProperty("receiver").ValueEquals("initiator");
        using NoiseHandshake receiver = NoiseVectors.Side(vector, receiverIsInitiator);
        int number = 0;
        foreach (JsonElement before in vector.GetProperty("messagesBefore").EnumerateArray())
        {
            if (receiver.IsMyTurn)
            {
                Assert.Equal(before.Hex(), receiver.WriteMessage(Encoding.ASCII.GetBytes($"p{number}")));
            }
            else
            {
                receiver.ReadMessage(before.Hex());
            }

            number++;
        }

        Assert.Throws<ProtocolException>(() => receiver.ReadMessage(vector.Hex("hex")));

        Assert.False(receiver.IsComplete);
        Assert.Throws<InvalidOperationException>(() => receiver.ReadMessage(vector.Hex("good")));
        Assert.Throws<InvalidOperationException>(() => receiver.TakeResult());
    }

    [Fact]
    public void HyperdhtVector_GivesTheIdAndTheSecretThatFollow()
    {
        JsonElement vector = Assert.Single(NoiseVectors.File.Where("kind", "hyperdht"));
        using NoiseHandshake initiator = NoiseVectors.Side(vector, isInitiator: true);
        using NoiseHandshake responder = NoiseVectors.Side(vector, isInitiator: false);
        JsonElement messages = vector.GetProperty("messages");
        Assert.Equal(messages[0].Hex("hex"), initiator.WriteMessage(messages[0].Hex("payload")));
        Assert.Equal(messages[0].Hex("payload"), responder.ReadMessage(messages[0].Hex("hex")));
        Assert.Equal(initiator.RemotePublicKey, NoiseVectors.Key("responderStatic").PublicKey);
        Assert.Equal(responder.RemotePublicKey, NoiseVectors.Key("initiatorStatic").PublicKey);
        Assert.Equal(messages[1].Hex("hex"), responder.WriteMessage(messages[1].Hex("payload")));
        Assert.Equal(messages[1].Hex("payload"), initiator.ReadMessage(messages[1].Hex("hex")));

        foreach (NoiseHandshake side in new[] { initiator, responder })
        {
            JsonElement expected = vector.GetProperty(side.IsInitiator ? "initiator" : "responder");
            using NoiseResult result = side.TakeResult();
            Assert.Equal(expected.Hex("hash"), result.Hash.ToArray());
            Fixed32 remoteId = StreamId.Of(StreamGeneration.Current, result.Hash.Span, !side.IsInitiator);
            Assert.Equal(expected.Hex("remoteId"), remoteId.ToArray());
            var holepunchSecret = new byte[32];
            Blake2b.Hash(Blake2b.Namespace("hyperswarm/dht", 1).Span, holepunchSecret, result.Hash.Span);
            Assert.Equal(expected.Hex("holepunchSecret"), holepunchSecret);
        }
    }

    [Fact]
    public void TwoSidesWithFreshKeys_AgreeOnEverything()
    {
        using KeyPair initiatorKey = KeyPair.Generate();
        using KeyPair responderKey = KeyPair.Generate();
        using var initiator = new NoiseHandshake(NoisePattern.XX, true, initiatorKey);
        using var responder = new NoiseHandshake(NoisePattern.XX, false, responderKey);
        responder.ReadMessage(initiator.WriteMessage());
        initiator.ReadMessage(responder.WriteMessage());
        responder.ReadMessage(initiator.WriteMessage());

        using NoiseResult a = initiator.TakeResult();
        using NoiseResult b = responder.TakeResult();
        Assert.Equal(a.Hash.ToArray(), b.Hash.ToArray());
        Assert.Equal(a.Tx.ToArray(), b.Rx.ToArray());
        Assert.Equal(a.Rx.ToArray(), b.Tx.ToArray());
        Assert.NotEqual(a.Rx.ToArray(), a.Tx.ToArray());
        Assert.Equal(responderKey.PublicKey, a.RemotePublicKey);
        Assert.Equal(initiatorKey.PublicKey, b.RemotePublicKey);
    }

    [Fact]
    public void AnotherPrologue_IsRefused()
    {
        using KeyPair key = KeyPair.Generate();
        using var initiator = new NoiseHandshake(NoisePattern.IK, true, key, key.PublicKey, "one"u8);
        using var responder = new NoiseHandshake(NoisePattern.IK, false, key, null, "two"u8);
        Assert.Throws<ProtocolException>(() => responder.ReadMessage(initiator.WriteMessage()));
    }

    [Fact]
    public void OutOfTurn_IsTheCallersMistake()
    {
        using KeyPair key = KeyPair.Generate();
        using var initiator = new NoiseHandshake(NoisePattern.XX, true, key);
        Assert.Throws<InvalidOperationException>(() => initiator.ReadMessage(new byte[32]));
        initiator.WriteMessage();
        Assert.Throws<InvalidOperationException>(() => initiator.WriteMessage());
        Assert.Throws<InvalidOperationException>(() => initiator.TakeResult());
    }

    [Fact]
    public void TheInitiatorOfIK_NeedsTheRespondersKey()
    {
        using KeyPair key = KeyPair.Generate();
        Assert.Throws<ArgumentException>(() => new NoiseHandshake(NoisePattern.IK, true, key));
    }

    [Fact]
    public void TheResult_IsTakenOnceAndZeroedByItsOwner()
    {
        JsonElement vector = NoiseVectors.File.Where("kind", "handshake")[0];
        using NoiseHandshake initiator = NoiseVectors.Side(vector, isInitiator: true);
        initiator.WriteMessage(vector.GetProperty("messages")[0].Hex("payload"));
        initiator.ReadMessage(vector.GetProperty("messages")[1].Hex("hex"));
        NoiseResult result = initiator.TakeResult();
        Assert.Throws<InvalidOperationException>(() => initiator.TakeResult());
        initiator.Dispose();
        Assert.Equal(vector.GetProperty("initiator").Hex("tx"), result.Tx.ToArray());

        result.Dispose();

        Assert.True(result.Tx.IndexOfAnyExcept((byte)0) < 0);
        Assert.True(result.Rx.IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(vector.Hex("hash"), result.Hash.ToArray());
    }

    [Fact]
    public void AfterTheHandshake_ItsSecretsAreZero()
    {
        JsonElement vector = NoiseVectors.File.Where("kind", "handshake")[0];
        using NoiseHandshake initiator = NoiseVectors.Side(vector, isInitiator: true);
        initiator.WriteMessage(vector.GetProperty("messages")[0].Hex("payload"));
        initiator.ReadMessage(vector.GetProperty("messages")[1].Hex("hex"));

        Assert.True(initiator.State.ChainingKey.IndexOfAnyExcept((byte)0) < 0);
        Assert.True(initiator.State.Cipher.Key.IndexOfAnyExcept((byte)0) < 0);
    }

    private static void AssertState(JsonElement expected, params ReadOnlySpan<NoiseHandshake> sides)
    {
        foreach (NoiseHandshake side in sides)
        {
            Assert.Equal(expected.Hex("h"), side.State.Hash.ToArray());
            Assert.Equal(expected.Hex("ck"), side.State.ChainingKey.ToArray());
            if (expected.TryGetProperty("n", out JsonElement nonce))
            {
                Assert.Equal(nonce.GetUInt64(), side.State.Cipher.Nonce);
                byte[]? key = side.State.Cipher.HasKey ? side.State.Cipher.Key.ToArray() : null;
                Assert.Equal(expected.HexOrNull("k"), key);
            }
        }
    }

    private static void AssertResult(JsonElement vector, JsonElement expected, NoiseHandshake side)
    {
        Assert.True(side.IsComplete);
        using NoiseResult result = side.TakeResult();
        Assert.Equal(vector.Hex("hash"), result.Hash.ToArray());
        Assert.Equal(expected.Hex("tx"), result.Tx.ToArray());
        Assert.Equal(expected.Hex("rx"), result.Rx.ToArray());
        Assert.Equal(expected.HexOrNull("remotePublicKey") ?? new byte[32], result.RemotePublicKey.ToArray());
    }

    private static TheoryData<string> Names(string kind) =>
        [.. NoiseVectors.File.Where("kind", kind).Select(v => v.Name())];

    private static JsonElement Find(string name) => Assert.Single(NoiseVectors.File.Where("name", name));
}

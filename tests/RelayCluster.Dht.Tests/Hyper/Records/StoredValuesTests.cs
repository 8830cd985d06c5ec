using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Records;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Tests.Hyper.Routing;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Records;

public sealed class StoredValuesTests : IDisposable
{
    private const string From = "10.0.0.3:3000";
    private static readonly TimeSpan Age = TimeSpan.FromHours(48);
    private static readonly Fixed32 Token = Requests.Key(2);

    private readonly KeyPair _keyPair = KeyPair.FromSeed(Requests.Key(4).Span);
    private readonly StoredValues _values = new(100, Age);

    public void Dispose() => _keyPair.Dispose();

    [Fact]
    public void Immutable_PutUnderItsHash_IsGot()
    {
        byte[] value = [1, 2, 3];
        Fixed32 hash = Blake2b.Hash(value);

        Assert.True(_values.HandleImmutablePut(default, Requests.From(From, hash, value, Token)).IsReply);

        var get = Requests.From(From, hash, null);
        Assert.Equal(value, _values.HandleImmutableGet(default, get).Value!.Value.ToArray());
        Assert.Null(_values.HandleImmutableGet(Age * 2, get).Value);
    }

    [Fact]
    public void Immutable_UnderAnotherHashWithoutTokenOrTooLong_IsNotStored()
    {
        byte[] large = new byte[StoredValues.MaxValueBytes + 1];
        foreach (var request in new[]
        {
            Requests.From(From, Requests.Key(9), [1], Token),
            Requests.From(From, Blake2b.Hash([1]), [1]),
            Requests.From(From, Blake2b.Hash(large), large, Token),
            Requests.From(From, Blake2b.Hash([]), null, Token),
        })
        {
            Assert.Equal(Answer.None, _values.HandleImmutablePut(default, request));
        }
    }

    [Fact]
    public void Mutable_PutSigned_IsGotUnlessALaterOneIsAskedFor()
    {
        Assert.True(Put(5, [1]).IsReply);

        Assert.Equal([1], Get(0));
        Assert.Equal([1], Get(5));
        Assert.Null(Get(6));
    }

    [Fact]
    public void Mutable_OlderOrSameSequenceWithAnotherValue_IsRefusedWithTheReason()
    {
        Put(5, [1]);

        Assert.Equal(HyperErrorCode.SequenceReused, Put(5, [2]).ErrorCode);
        Assert.Equal(HyperErrorCode.SequenceTooLow, Put(4, [2]).ErrorCode);
        Assert.True(Put(5, [1]).IsReply);
        Assert.True(Put(6, [2]).IsReply);
        Assert.Equal([2], Get(0));
    }

    [Fact]
    public void Mutable_BadlySignedOrUnderAnotherKey_IsNotStored()
    {
        using KeyPair other = KeyPair.FromSeed(Requests.Key(9).Span);

        Assert.Equal(Answer.None, Put(1, [1], signer: other));
        Assert.Equal(Answer.None, Put(1, [1], target: Requests.Key(9)));
        Assert.Null(Get(0));
    }

    private Answer Put(ulong sequence, byte[] value, KeyPair? signer = null, Fixed32? target = null)
    {
        byte[] request = new MutablePutRequest
        {
            PublicKey = _keyPair.PublicKey,
            Stored = new MutableGetResponse
            {
                Sequence = sequence,
                Value = value,
                Signature = MutableSignature.Sign(sequence, value, signer ?? _keyPair),
            },
        }.Encode();
        Fixed32 hash = target ?? Blake2b.Hash(_keyPair.PublicKey.Span);
        return _values.HandleMutablePut(default, Requests.From(From, hash, request, Token));
    }

    private byte[]? Get(byte sequence)
    {
        Fixed32 hash = Blake2b.Hash(_keyPair.PublicKey.Span);
        Answer answer = _values.HandleMutableGet(default, Requests.From(From, hash, [sequence]));
        return answer.Value is { } value && MutableGetResponse.TryRead(value.Span, out MutableGetResponse response)
            ? response.Value.ToArray()
            : null;
    }
}

using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Rpc;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Records;

/// <summary>
/// The values that a full member of the DHT keeps for others: immutable ones under their hash, and mutable ones under
/// the hash of their owner's public key, signed and counted up by it. Source: hyperdht 6.34, lib/persistent.js.
/// </summary>
internal sealed class StoredValues
{
    /// <summary>What does not fit a datagram on the Internet is not worth memory.</summary>
    public const int MaxValueBytes = 2048;

    private readonly AgingCache<Fixed32, byte[]> _mutables;
    private readonly AgingCache<Fixed32, byte[]> _immutables;

    public StoredValues(int maxValues, TimeSpan maxAge)
    {
        _mutables = new AgingCache<Fixed32, byte[]>(maxValues, maxAge);
        _immutables = new AgingCache<Fixed32, byte[]>(maxValues, maxAge);
    }

    public Answer HandleImmutableGet(TimeSpan now, IncomingRequest request) =>
        request.Target is not { } target ? Answer.None
        : _immutables.TryGet(now, target, out byte[]? value) ? Answer.Reply(value)
        : Answer.Reply(null);

    public Answer HandleImmutablePut(TimeSpan now, IncomingRequest request)
    {
        if (request.Target is not { } target
            || request.Token is null
            || request.Value is not { Length: > 0 and <= MaxValueBytes } value
            || Blake2b.Hash(value.Span) != target)
        {
            return Answer.None;
        }

        _immutables.Set(now, target, value.ToArray());
        return Answer.Reply(null);
    }

    /// <summary>The value, unless the asker knows a later one.</summary>
    public Answer HandleMutableGet(TimeSpan now, IncomingRequest request)
    {
        if (request.Target is not { } target || request.Value is not { } asked)
        {
            return Answer.None;
        }

        var reader = new CompactReader(asked.Span);
        if (!reader.TryReadUInt(out ulong sequence))
        {
            return Answer.None;
        }

        return _mutables.TryGet(now, target, out byte[]? stored)
            && MutableGetResponse.TryRead(stored, out MutableGetResponse response)
            && response.Sequence >= sequence
            ? Answer.Reply(stored)
            : Answer.Reply(null);
    }

    public Answer HandleMutablePut(TimeSpan now, IncomingRequest request)
    {
        if (request.Target is not { } target
            || request.Token is null
            || request.Value is not { } value
            || !MutablePutRequest.TryRead(value.Span, out MutablePutRequest put)
            || put.Stored.Value.Length > MaxValueBytes
            || Blake2b.Hash(put.PublicKey.Span) != target)
        {
            return Answer.None;
        }

        MutableGetResponse offered = put.Stored;
        if (!MutableSignature.Verify(offered.Sequence, offered.Value, put.PublicKey, offered.Signature))
        {
            return Answer.None;
        }

        if (_mutables.TryGet(now, target, out byte[]? stored)
            && MutableGetResponse.TryRead(stored, out MutableGetResponse current))
        {
            if (offered.Sequence == current.Sequence && !offered.Value.SequenceEqual(current.Value))
            {
                return Answer.Error(HyperErrorCode.SequenceReused);
            }

            if (offered.Sequence < current.Sequence)
            {
                return Answer.Error(HyperErrorCode.SequenceTooLow);
            }
        }

        _mutables.Set(now, target, offered.Encode());
        return Answer.Reply(null);
    }
}

using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// The value of a MUTABLE_PUT request: the public key that the value belongs to (32), then a
/// <see cref="MutableGetResponse"/>.
/// </summary>
internal ref struct MutablePutRequest
{
    public Fixed32 PublicKey;
    public MutableGetResponse Stored;

    /// <summary>The bytes of the request.</summary>
    public readonly byte[] Encode() => [.. PublicKey.Span, .. Stored.Encode()];

    /// <summary>Reads a value; false if it is not a whole request.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out MutablePutRequest request)
    {
        request = default;
        var reader = new CompactReader(value);
        return reader.TryReadFixed32(out request.PublicKey)
            && MutableGetResponse.TryRead(value[Fixed32.Size..], out request.Stored);
    }
}

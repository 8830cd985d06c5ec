using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// The value of a reply to MUTABLE_GET, stored by nodes as it is. It lies on the stack and what it holds in the source.
/// </summary>
/// <remarks>
/// <code>
/// uint     sequence    the owner counts it up with each change
/// buffer   value
/// 64       signature   <see cref="MutableSignature"/>
/// </code>
/// </remarks>
internal ref struct MutableGetResponse
{
    public ulong Sequence;
    public ReadOnlySpan<byte> Value;
    public ReadOnlySpan<byte> Signature;

    /// <summary>The bytes of the response.</summary>
    public readonly byte[] Encode()
    {
        byte[] encoded = new byte[CompactSize.UInt(Sequence) + CompactSize.Buffer(Value) + Ed25519.SignatureSize];
        var writer = new CompactWriter(encoded);
        writer.WriteUInt(Sequence);
        writer.WriteBuffer(Value);
        writer.WriteFixed64(Signature);
        return encoded;
    }

    /// <summary>Reads a value; false if it is not a whole response.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out MutableGetResponse response)
    {
        response = default;
        var reader = new CompactReader(value);
        return reader.TryReadUInt(out response.Sequence)
            && reader.TryReadBuffer(out response.Value)
            && reader.TryReadFixed(Ed25519.SignatureSize, out response.Signature);
    }
}

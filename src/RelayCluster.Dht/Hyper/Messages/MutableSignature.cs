using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// The signature of a mutable value: over the 32 bytes of the namespace, then BLAKE2b-256 of the sequence as a uint and
/// the value as a buffer.
/// </summary>
internal static class MutableSignature
{
    public static byte[] Sign(ulong sequence, ReadOnlySpan<byte> value, KeyPair keyPair)
    {
        Span<byte> signable = stackalloc byte[2 * Fixed32.Size];
        WriteSignable(sequence, value, signable);
        return Ed25519.Sign(signable, keyPair);
    }

    public static bool Verify(
        ulong sequence,
        ReadOnlySpan<byte> value,
        in Fixed32 publicKey,
        ReadOnlySpan<byte> signature)
    {
        Span<byte> signable = stackalloc byte[2 * Fixed32.Size];
        WriteSignable(sequence, value, signable);
        return Ed25519.Verify(signature, signable, publicKey);
    }

    internal static void WriteSignable(ulong sequence, ReadOnlySpan<byte> value, Span<byte> signable)
    {
        HyperNamespace.MutablePut.Span.CopyTo(signable);
        byte[] input = new byte[CompactSize.UInt(sequence) + CompactSize.Buffer(value)];
        var writer = new CompactWriter(input);
        writer.WriteUInt(sequence);
        writer.WriteBuffer(value);
        Blake2b.Hash(input, signable[Fixed32.Size..]);
    }
}

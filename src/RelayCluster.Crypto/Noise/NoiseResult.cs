using System.Security.Cryptography;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Noise;

/// <summary>
/// What a finished handshake leaves: two keys, one a direction, and who the other side is. Its owner disposes it when
/// the keys have been passed on, which zeroes them; the hash and the public keys stay.
/// </summary>
public sealed class NoiseResult : IDisposable
{
    /// <summary>How many bytes the handshake hash has.</summary>
    public const int HashSize = 64;

    private readonly byte[] _hash;
    private readonly byte[] _keys = GC.AllocateArray<byte>(2 * Fixed32.Size, pinned: true);

    /// <summary>Takes copies of all.</summary>
    /// <exception cref="ArgumentException">The hash is not 64 bytes long, or a key is not 32.</exception>
    public NoiseResult(
        ReadOnlySpan<byte> hash,
        ReadOnlySpan<byte> tx,
        ReadOnlySpan<byte> rx,
        Fixed32 publicKey,
        Fixed32 remotePublicKey)
    {
        if (hash.Length != HashSize)
        {
            throw new ArgumentException($"{HashSize} bytes are needed, not {hash.Length}", nameof(hash));
        }

        if (tx.Length != Fixed32.Size || rx.Length != Fixed32.Size)
        {
            throw new ArgumentException($"Keys have {Fixed32.Size} bytes, not {tx.Length} and {rx.Length}", nameof(tx));
        }

        _hash = hash.ToArray();
        tx.CopyTo(_keys);
        rx.CopyTo(_keys.AsSpan(Fixed32.Size));
        PublicKey = publicKey;
        RemotePublicKey = remotePublicKey;
    }

    /// <summary>The 64 byte hash of the whole handshake, equal on both sides and unique to it.</summary>
    public ReadOnlyMemory<byte> Hash => _hash;

    /// <summary>The 32 byte key of what this side sends; all zero after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Tx => _keys.AsSpan(0, Fixed32.Size);

    /// <summary>The 32 byte key of what this side receives; all zero after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Rx => _keys.AsSpan(Fixed32.Size);

    /// <summary>This side's static key.</summary>
    public Fixed32 PublicKey { get; }

    /// <summary>The other side's static key, proven by the handshake; all zero where the pattern has none.</summary>
    public Fixed32 RemotePublicKey { get; }

    /// <summary>Zeroes the keys.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_keys);
}

using System.Security.Cryptography;
using System.Text;
using RelayCluster.Crypto.Sodium;
using RelayCluster.Wire;

namespace RelayCluster.Crypto;

/// <summary>BLAKE2b (RFC 7693), plain and keyed, with outputs of 16 to 64 bytes and keys of 16 to 64.</summary>
public static class Blake2b
{
    /// <summary>The longest output, and the longest key.</summary>
    public const int MaxSize = 64;

    private const int MinSize = 16;

    // crypto_generichash_blake2b_state: an opaque block that must lie on a multiple of 64.
    private const int StateSize = 384;
    private const int StateAlignment = 64;

    /// <summary>The hash of 32 bytes that the DHT uses for targets and ids.</summary>
    public static Fixed32 Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Fixed32.Size];
        Hash(data, hash);
        return new Fixed32(hash);
    }

    /// <summary>Fills <paramref name="hash"/>; an empty key means none.</summary>
    /// <exception cref="ArgumentException">The output or the key has no allowed length.</exception>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> hash, ReadOnlySpan<byte> key = default)
    {
        CheckSizes(hash, key);
        SodiumCall.Check(NativeMethods.GenericHash(
            hash, (nuint)hash.Length, data, (ulong)data.Length, key, (nuint)key.Length));
    }

    /// <summary>
    /// The hash of the parts as if they stood one behind the other. <paramref name="hash"/> may be one of the parts.
    /// </summary>
    /// <exception cref="ArgumentException">The output or the key has no allowed length.</exception>
    public static unsafe void HashParts(
        Span<byte> hash,
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third = default,
        ReadOnlySpan<byte> key = default)
    {
        CheckSizes(hash, key);
        byte* room = stackalloc byte[StateSize + StateAlignment];
        byte* state = room + (StateAlignment - ((nuint)room % StateAlignment));
        SodiumCall.Check(NativeMethods.GenericHashInit(state, key, (nuint)key.Length, (nuint)hash.Length));
        SodiumCall.Check(NativeMethods.GenericHashUpdate(state, first, (ulong)first.Length));
        SodiumCall.Check(NativeMethods.GenericHashUpdate(state, second, (ulong)second.Length));
        SodiumCall.Check(NativeMethods.GenericHashUpdate(state, third, (ulong)third.Length));
        SodiumCall.Check(NativeMethods.GenericHashFinal(state, hash, (nuint)hash.Length));
        CryptographicOperations.ZeroMemory(new Span<byte>(state, StateSize));
    }

    /// <summary>
    /// What the reference calls a namespace: a constant that no two uses share, made of a protocol's name and a number.
    /// </summary>
    public static Fixed32 Namespace(string name, byte number)
    {
        Span<byte> input = stackalloc byte[Fixed32.Size + 1];
        Hash(Encoding.UTF8.GetBytes(name), input[..Fixed32.Size]);
        input[Fixed32.Size] = number;
        return Hash(input);
    }

    private static void CheckSizes(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> key)
    {
        if (hash.Length is < MinSize or > MaxSize)
        {
            throw new ArgumentException($"A hash has {MinSize} to {MaxSize} bytes, not {hash.Length}", nameof(hash));
        }

        if (key.Length is not 0 and (< MinSize or > MaxSize))
        {
            throw new ArgumentException($"A key has {MinSize} to {MaxSize} bytes, not {key.Length}", nameof(key));
        }
    }
}

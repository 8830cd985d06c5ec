using System.Numerics;

namespace RelayCluster.Wire.Values;

/// <summary>
/// <c>biguint</c> and <c>bigint</c>: a uint counts words of eight bytes, which follow with the least significant first.
/// Zero has no words. A sign is carried by zigzag.
/// </summary>
public static class BigIntegerCodec
{
    private const int WordSize = 8;

    /// <summary>How many bytes an unsigned number takes.</summary>
    public static int GetBigUIntSize(BigInteger value)
    {
        int words = CountWords(value);
        return CompactSize.UInt((ulong)words) + (WordSize * words);
    }

    /// <summary>How many bytes a signed number takes.</summary>
    public static int GetBigIntSize(BigInteger value) => GetBigUIntSize(EncodeSign(value));

    /// <summary>Writes an unsigned number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static void WriteBigUInt(this ref CompactWriter writer, BigInteger value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        int words = CountWords(value);
        writer.WriteUInt((ulong)words);
        Span<byte> bytes = writer.Take(WordSize * words);
        bytes.Clear();
        if (words > 0)
        {
            _ = value.TryWriteBytes(bytes, out _, isUnsigned: true);
        }
    }

    /// <summary>Writes a signed number.</summary>
    public static void WriteBigInt(this ref CompactWriter writer, BigInteger value) =>
        writer.WriteBigUInt(EncodeSign(value));

    /// <summary>Reads an unsigned number.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public static BigInteger ReadBigUInt(this ref CompactReader reader)
    {
        int words = reader.ReadCount(WordSize);
        return new BigInteger(reader.ReadFixed(WordSize * words), isUnsigned: true);
    }

    /// <summary>Reads a signed number.</summary>
    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public static BigInteger ReadBigInt(this ref CompactReader reader)
    {
        BigInteger value = reader.ReadBigUInt();
        return value.IsEven ? value >> 1 : -((value + 1) >> 1);
    }

    private static BigInteger EncodeSign(BigInteger value) =>
        value.Sign < 0 ? (-value << 1) - BigInteger.One : value << 1;

    private static int CountWords(BigInteger value) =>
        value.IsZero ? 0 : (value.GetByteCount(isUnsigned: true) + WordSize - 1) / WordSize;
}

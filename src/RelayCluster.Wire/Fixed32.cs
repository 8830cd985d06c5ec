using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RelayCluster.Wire;

/// <summary>
/// 32 bytes by value: a public key, a topic, a target, a token or a node id. The name is compact-encoding's.
/// </summary>
public readonly struct Fixed32 : IEquatable<Fixed32>
{
    /// <summary>How many bytes the value has.</summary>
    public const int Size = 32;

    private readonly Block _bytes;

    /// <summary>Copies the value from exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public Fixed32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"{Size} bytes are needed, not {bytes.Length}", nameof(bytes));
        }

        _bytes = MemoryMarshal.Read<Block>(bytes);
    }

    /// <summary>The bytes, in place.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>Reads 64 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static Fixed32 Parse(string hex)
    {
        ArgumentNullException.ThrowIfNull(hex);
        return hex.Length == 2 * Size
            ? new Fixed32(Convert.FromHexString(hex))
            : throw new FormatException($"{2 * Size} hexadecimal digits are needed, not {hex.Length} characters");
    }

    /// <summary>Reads 64 hexadecimal digits of either case; false if the text is something else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? hex, out Fixed32 value)
    {
        bool isHex = hex?.Length == 2 * Size && hex.All(char.IsAsciiHexDigit);
        value = isHex ? Parse(hex!) : default;
        return isHex;
    }

    /// <summary>A copy in an array of its own.</summary>
    public byte[] ToArray() => Span.ToArray();

    /// <inheritdoc/>
    public bool Equals(Fixed32 other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Fixed32 other && Equals(other);

    /// <summary>Keys, hashes and tokens are uniform, so any four bytes of them serve.</summary>
    public override int GetHashCode() => MemoryMarshal.Read<int>(Span);

    /// <summary>64 lowercase hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);

    /// <summary>Whether all bytes are equal.</summary>
    public static bool operator ==(Fixed32 left, Fixed32 right) => left.Equals(right);

    /// <summary>Whether any byte differs.</summary>
    public static bool operator !=(Fixed32 left, Fixed32 right) => !left.Equals(right);

    [InlineArray(Size)]
    private struct Block
    {
        private byte _first;
    }
}

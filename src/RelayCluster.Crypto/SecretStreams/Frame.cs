using System.Buffers.Binary;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.SecretStreams;

/// <summary>
/// The body of one frame: <c>length, 3 bytes little endian | body</c>. It lies either in the transport's memory, until
/// that is given back, or in a pooled buffer that the taker owns.
/// </summary>
internal readonly ref struct Frame
{
    internal const int PrefixSize = 3;

    internal const int MaxBodySize = 0xFFFFFF;

    private readonly ReadOnlySpan<byte> _inPlace;
    private readonly PooledBuffer _assembled;

    internal Frame(ReadOnlySpan<byte> inPlace)
    {
        _inPlace = inPlace;
    }

    internal Frame(PooledBuffer assembled)
    {
        _assembled = assembled;
        IsAssembled = true;
    }

    internal bool IsAssembled { get; }

    internal ReadOnlySpan<byte> Body => IsAssembled ? _assembled.Span : _inPlace;

    /// <summary>The buffer of an assembled frame.</summary>
    internal PooledBuffer Assembled => _assembled;

    internal static void WritePrefix(int bodySize, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination, (ushort)bodySize);
        destination[2] = (byte)(bodySize >> 16);
    }

    internal static int ReadPrefix(ReadOnlySpan<byte> prefix) =>
        BinaryPrimitives.ReadUInt16LittleEndian(prefix) | (prefix[2] << 16);

    /// <summary>Gives the buffer of an assembled frame back.</summary>
    internal void Release() => _assembled.Dispose();
}

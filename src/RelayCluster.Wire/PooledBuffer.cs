using System.Buffers;

namespace RelayCluster.Wire;

/// <summary>
/// A message in an array of the shared pool. It has one owner at a time: whoever receives it hands it on or disposes
/// it, once. Copies of the struct are the same buffer.
/// </summary>
public readonly struct PooledBuffer : IDisposable, IEquatable<PooledBuffer>
{
    private readonly byte[]? _array;
    private readonly int _offset;

    private PooledBuffer(byte[] array, int offset, int length)
    {
        _array = array;
        _offset = offset;
        Length = length;
    }

    /// <summary>How many bytes the message has.</summary>
    public int Length { get; }

    /// <summary>The message.</summary>
    public Memory<byte> Memory => new(_array, _offset, Length);

    /// <summary>The message.</summary>
    public Span<byte> Span => new(_array, _offset, Length);

    /// <summary>A buffer of exactly <paramref name="length"/> bytes, whose content is whatever was there.</summary>
    public static PooledBuffer Rent(int length) => new(ArrayPool<byte>.Shared.Rent(length), 0, length);

    /// <summary>A buffer with a copy of <paramref name="bytes"/>.</summary>
    public static PooledBuffer CopyOf(ReadOnlySpan<byte> bytes)
    {
        PooledBuffer buffer = Rent(bytes.Length);
        bytes.CopyTo(buffer.Span);
        return buffer;
    }

    /// <summary>The same buffer narrowed to a part of it: the ownership moves to the result.</summary>
    public PooledBuffer Slice(int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + length, Length);
        return _array is null ? this : new PooledBuffer(_array, _offset + offset, length);
    }

    /// <summary>Gives the array back to the pool.</summary>
    public void Dispose()
    {
        if (_array is not null)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }
    }

    /// <inheritdoc/>
    public bool Equals(PooledBuffer other) =>
        _array == other._array && _offset == other._offset && Length == other.Length;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PooledBuffer other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_array, _offset, Length);

    /// <summary>Whether both are the same part of the same array.</summary>
    public static bool operator ==(PooledBuffer left, PooledBuffer right) => left.Equals(right);

    /// <summary>Whether they are not the same part of the same array.</summary>
    public static bool operator !=(PooledBuffer left, PooledBuffer right) => !left.Equals(right);
}

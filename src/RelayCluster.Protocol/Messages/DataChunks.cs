using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>
/// The messages of a stream that one data message carries: boundaries are kept, so each chunk is one message of the
/// stream. They lie in one pooled buffer, which has one owner; enumerating them gives slices of it.
/// <code>
/// array     uint count, then per chunk: uint length, bytes
/// </code>
/// </summary>
public readonly struct DataChunks : IDisposable, IEquatable<DataChunks>
{
    private readonly PooledBuffer _buffer;
    private readonly bool _isSingle;

    // _buffer is the one chunk, or all of them with their lengths
    private DataChunks(PooledBuffer buffer, int count, bool isSingle)
    {
        _buffer = buffer;
        Count = count;
        _isSingle = isSingle;
    }

    /// <summary>How many chunks there are; each may be empty.</summary>
    public int Count { get; }

    /// <summary>How many bytes are held for them, lengths included.</summary>
    public int BufferedBytes => _buffer.Length;

    /// <summary>One chunk, whose memory is taken over.</summary>
    public static DataChunks Of(PooledBuffer chunk) => new(chunk, 1, isSingle: true);

    /// <summary>Copies of several chunks.</summary>
    public static DataChunks CopyOf(IReadOnlyList<ReadOnlyMemory<byte>> chunks)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        PooledBuffer buffer = PooledBuffer.Rent(chunks.Sum(static chunk => CompactSize.Buffer(chunk.Length)));
        var writer = new CompactWriter(buffer.Span);
        foreach (ReadOnlyMemory<byte> chunk in chunks)
        {
            writer.WriteBuffer(chunk.Span);
        }

        return new DataChunks(buffer, chunks.Count, isSingle: false);
    }

    /// <summary>
    /// Takes the memory of the only chunk over, without a copy; false if there are none or several. It is the caller's
    /// then, and this is not to be disposed.
    /// </summary>
    public bool TryTakeOnly(out PooledBuffer chunk)
    {
        chunk = default;
        if (Count != 1)
        {
            return false;
        }

        int length = _buffer.Length;
        if (!_isSingle)
        {
            var reader = new CompactReader(_buffer.Span);
            length = reader.ReadCount();
        }

        chunk = _buffer.Slice(_buffer.Length - length, length);
        return true;
    }

    /// <summary>Enumerates the chunks in their order, in place.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _buffer.Dispose();

    /// <inheritdoc/>
    public bool Equals(DataChunks other) => _buffer == other._buffer && Count == other.Count;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DataChunks other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _buffer.GetHashCode();

    /// <summary>Whether both are the same chunks in the same memory.</summary>
    public static bool operator ==(DataChunks left, DataChunks right) => left.Equals(right);

    /// <summary>Whether they are not the same chunks in the same memory.</summary>
    public static bool operator !=(DataChunks left, DataChunks right) => !left.Equals(right);

    // takes the buffer over if it does not throw; every length is checked here, so that enumerating cannot fail
    internal static DataChunks Read(PooledBuffer array)
    {
        var reader = new CompactReader(array.Span);
        int count = reader.ReadCount();
        int start = reader.Position;
        for (int i = 0; i < count; i++)
        {
            reader.ReadBuffer();
        }

        return new DataChunks(array.Slice(start, reader.Position - start), count, isSingle: false);
    }

    internal int GetEncodedSize() =>
        CompactSize.UInt((ulong)Count) + (_isSingle ? CompactSize.Buffer(_buffer.Length) : _buffer.Length);

    internal void Write(ref CompactWriter writer)
    {
        writer.WriteUInt((ulong)Count);
        if (_isSingle)
        {
            writer.WriteUInt((ulong)_buffer.Length);
        }

        writer.WriteRaw(_buffer.Span);
    }

    /// <summary>Walks through the chunks.</summary>
    public struct Enumerator
    {
        private readonly bool _isSingle;
        private ReadOnlyMemory<byte> _rest;
        private int _left;

        internal Enumerator(DataChunks chunks)
        {
            _isSingle = chunks._isSingle;
            _rest = chunks._buffer.Memory;
            _left = chunks.Count;
        }

        /// <summary>The chunk; its memory is the owner's.</summary>
        public ReadOnlyMemory<byte> Current { get; private set; }

        /// <summary>Goes to the next chunk.</summary>
        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _left--;
            if (_isSingle)
            {
                Current = _rest;
                return true;
            }

            var reader = new CompactReader(_rest.Span);
            int length = reader.ReadCount();
            Current = _rest.Slice(reader.Position, length);
            _rest = _rest[(reader.Position + length)..];
            return true;
        }
    }
}

using System.Buffers;
using System.IO.Pipelines;

namespace RelayCluster.Udx.Streams;

/// <summary>
/// The loop's side of the output pipe. Bytes stay in the pipe until they are acknowledged, and packets are copied out of
/// it each time they are sent; so the pipe's threshold bounds what a stream holds for sending, in flight or not, and a
/// retransmission needs no buffer. Offsets count from the start of the stream.
/// </summary>
/// <remarks>
/// A read of the pipe is kept open between calls, because positions hold only in an open read; <see cref="Refresh"/>
/// closes and opens it to give back what was released and to see what was added.
/// </remarks>
internal sealed class SendBuffer(PipeReader reader, OutputWriter writer)
{
    private ReadOnlySequence<byte> _bytes;
    private SequencePosition _cursor;
    private long _cursorOffset;
    private long _length;
    private long _start;
    private long _released;
    private bool _isReading;
    private bool _isDisposed;

    /// <summary>The offset behind the last byte written so far.</summary>
    public long End => _start + _length;

    /// <summary>Whether the application will write no more, and has not aborted the stream.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>Looks for new bytes, and lets the pipe have those released.</summary>
    public void Refresh()
    {
        if (_isDisposed)
        {
            return;
        }

        if (_isReading)
        {
            reader.AdvanceTo(PositionOf(_released));
            _isReading = false;
        }

        _start = _released;
        if (reader.TryRead(out ReadResult result))
        {
            _isReading = true;
            _bytes = result.Buffer;
            _length = _bytes.Length;
            IsCompleted |= result.IsCompleted && !writer.IsAborted;
        }
        else
        {
            _bytes = default;
            _length = 0;
        }

        _cursor = _bytes.Start;
        _cursorOffset = _start;
    }

    /// <summary>Copies bytes that are in the buffer.</summary>
    public void CopyTo(long offset, Span<byte> destination)
    {
        ReadOnlySequence<byte> rest = _bytes.Slice(PositionOf(offset));
        if (rest.FirstSpan.Length >= destination.Length)
        {
            rest.FirstSpan[..destination.Length].CopyTo(destination);
        }
        else
        {
            rest.Slice(0, destination.Length).CopyTo(destination);
        }
    }

    /// <summary>Everything before <paramref name="offset"/> is acknowledged. The pipe gets it at the next refresh.
    /// </summary>
    public void Release(long offset) => _released = offset;

    /// <summary>Whether a refresh would give something back to the application.</summary>
    public bool HasReleased => _released > _start;

    /// <summary>Lets go of the pipe: what is written from here on goes nowhere, and the writer is told so.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (_isReading)
        {
            reader.AdvanceTo(_bytes.End);
        }

        _bytes = default;
        _length = 0;
        reader.Complete();
    }

    // Packets are mostly cut in order, so the way from the last position is short.
    private SequencePosition PositionOf(long offset)
    {
        _cursor = offset >= _cursorOffset
            ? _bytes.GetPosition(offset - _cursorOffset, _cursor)
            : _bytes.GetPosition(offset - _start);
        _cursorOffset = offset;
        return _cursor;
    }
}

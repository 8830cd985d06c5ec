using System.Diagnostics;
using System.IO.Pipelines;

namespace RelayCluster.Udx.Streams;

/// <summary>
/// The loop's side of the input pipe. The pipe itself never pauses its writer: the loop must not wait for a reader.
/// What it holds is bounded by the window that the stream advertises, which needs the count of bytes not yet read.
/// </summary>
internal sealed class ReceiveBuffer(PipeWriter writer, InputReader reader)
{
    private long _written;
    private bool _hasUnflushed;
    private bool _isEnded;
    private bool _isCompleted;

    /// <summary>How many bytes the application has yet to read.</summary>
    public long UnreadBytes => reader.IsCompleted ? 0 : _written - reader.ConsumedBytes;

    /// <summary>Asks to be woken when no more than so many bytes are left unread.</summary>
    public void WakeWhenUnread(long bytes) => reader.WakeAt(_written - bytes);

    /// <summary>Takes the next bytes of the stream.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        // A reader that went away takes nothing any more, but its peer may still send.
        if (reader.IsCompleted || _isCompleted || data.IsEmpty)
        {
            return;
        }

        Span<byte> room = writer.GetSpan();
        while (data.Length > room.Length)
        {
            data[..room.Length].CopyTo(room);
            writer.Advance(room.Length);
            _written += room.Length;
            data = data[room.Length..];
            room = writer.GetSpan();
        }

        data.CopyTo(room);
        writer.Advance(data.Length);
        _written += data.Length;
        _hasUnflushed = true;
    }

    /// <summary>The peer ended its direction: the input completes with the next flush.</summary>
    public void End() => _isEnded = true;

    /// <summary>Shows the application what was written, once a turn rather than once a packet.</summary>
    public void Flush()
    {
        if (_isCompleted)
        {
            return;
        }

        if (_isEnded)
        {
            Complete(null);
        }
        else if (_hasUnflushed)
        {
            _hasUnflushed = false;
            ValueTask<FlushResult> flush = writer.FlushAsync();
            Debug.Assert(flush.IsCompletedSuccessfully, "the pipe has no threshold, so a flush never waits");
            _ = flush.Result;
        }
    }

    /// <summary>Completes the input, with an error unless the peer ended.</summary>
    public void Complete(Exception? error)
    {
        if (!_isCompleted)
        {
            _isCompleted = true;
            writer.Complete(_isEnded ? null : error);
        }
    }
}

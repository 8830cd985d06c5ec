using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace RelayCluster.Udx.Streams;

/// <summary>
/// The application's end of the input pipe: a reader that counts what it consumes, so that the loop knows how far to
/// open the window, and that wakes the loop when the peer may be standing before a closed one.
/// </summary>
internal sealed class InputReader(PipeReader inner, Action wake) : PipeReader
{
    private ReadOnlySequence<byte> _current;
    private long _consumed;
    private long _wakeAt = long.MaxValue;
    private volatile bool _isCompleted;

    /// <summary>How many bytes were read, since the start of the stream.</summary>
    public long ConsumedBytes => Volatile.Read(ref _consumed);

    /// <summary>Whether the application reads no more.</summary>
    public bool IsCompleted => _isCompleted;

    /// <summary>Asks to be woken once so many bytes were read; called by the loop.</summary>
    public void WakeAt(long consumedBytes)
    {
        Interlocked.Exchange(ref _wakeAt, consumedBytes);
        WakeIfDue();
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
        {
            return false;
        }

        _current = result.Buffer;
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> read = inner.ReadAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            return AwaitRead(read);
        }

        ReadResult result = read.Result;
        _current = result.Buffer;
        return ValueTask.FromResult(result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        long bytes = _current.Slice(0, consumed).Length;
        _current = default;
        inner.AdvanceTo(consumed, examined);
        Count(bytes);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        // The pipe would throw the reason at its writer, which is the loop of all streams.
        inner.Complete();
        _isCompleted = true;
        wake();
    }

    [SuppressMessage("Reliability", "CA2012", Justification = "the task is awaited once, right here")]
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> AwaitRead(ValueTask<ReadResult> read)
    {
        ReadResult result = await read.ConfigureAwait(false);
        _current = result.Buffer;
        return result;
    }

    private void Count(long bytes)
    {
        if (bytes > 0)
        {
            // A full fence, as in WakeAt: of the two sides at least one sees what the other wrote.
            Interlocked.Add(ref _consumed, bytes);
            WakeIfDue();
        }
    }

    private void WakeIfDue()
    {
        long wakeAt = Volatile.Read(ref _wakeAt);
        if (Volatile.Read(ref _consumed) >= wakeAt &&
            Interlocked.CompareExchange(ref _wakeAt, long.MaxValue, wakeAt) == wakeAt)
        {
            wake();
        }
    }
}

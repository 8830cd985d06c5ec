using System.IO.Pipelines;

namespace RelayCluster.Udx.Streams;

/// <summary>
/// The application's end of the output pipe: a writer that wakes the loop at each flush, and that takes a completion with
/// an error for what it means, the end of the stream without an end: the loop must not take it for an orderly one, and
/// tell the peer so, if it looks before it hears of the abort.
/// </summary>
internal sealed class OutputWriter(PipeWriter inner, Action wake, Action abort) : PipeWriter
{
    private volatile bool _isAborted;

    /// <summary>Whether it was completed with an error.</summary>
    public bool IsAborted => _isAborted;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> flush = inner.FlushAsync(cancellationToken);
        wake();
        return flush;
    }

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> write = inner.WriteAsync(source, cancellationToken);
        wake();
        return write;
    }

    public override void Complete(Exception? exception = null)
    {
        if (exception is not null)
        {
            _isAborted = true;
            abort();
        }

        inner.Complete();
        wake();
    }
}

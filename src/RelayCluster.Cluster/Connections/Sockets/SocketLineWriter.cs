using System.IO.Pipelines;

namespace RelayCluster.Cluster.Connections.Sockets;

/// <summary>The writer of a line: its completion is the end of this direction, or the cut of both.</summary>
internal sealed class SocketLineWriter(PipeWriter inner, SocketLine line) : PipeWriter
{
    private bool _isCompleted;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        inner.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default) => inner.WriteAsync(source, cancellationToken);

    /// <summary>Only with an error, which needs no wait.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (exception is null)
        {
            throw new NotSupportedException($"an end has to be told to the other side: {nameof(CompleteAsync)}");
        }

        Cut(exception);
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (_isCompleted)
        {
            return;
        }

        if (exception is not null)
        {
            Cut(exception);
            return;
        }

        _isCompleted = true;
        await inner.CompleteAsync().ConfigureAwait(false);
        await line.EndAsync().ConfigureAwait(false);
    }

    private void Cut(Exception exception)
    {
        _isCompleted = true;
        line.Abort();
        inner.Complete(exception);
    }
}

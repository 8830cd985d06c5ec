using System.IO.Pipelines;

namespace RelayCluster.Cluster.Connections.InProcess;

/// <summary>Writes to a line until it ends or was cut. A reader that left has cut it, as with sockets.</summary>
internal sealed class PipedWriter(PipeWriter inner, PipedLine line) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        if (exception is not null)
        {
            line.Abort();
        }

        inner.Complete();
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        line.ThrowIfCut();
        FlushResult result = await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
        line.ThrowIfCut();
        return result.IsCompleted ? throw new IOException("the other side has left") : result;
    }
}

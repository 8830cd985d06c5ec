using System.IO.Pipelines;

namespace RelayCluster.Cluster.Connections.InProcess;

/// <summary>Reads a line until it ends or was cut.</summary>
internal sealed class PipedReader(PipeReader inner, PipedLine line) : PipeReader
{
    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        line.ThrowIfCut();
        ReadResult result = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
        line.ThrowIfCut();
        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        line.ThrowIfCut();
        return inner.TryRead(out result);
    }
}

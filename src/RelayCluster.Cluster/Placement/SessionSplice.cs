using System.Buffers;
using System.IO.Pipelines;
using RelayCluster.Cluster.Connections;

namespace RelayCluster.Cluster.Placement;

/// <summary>
/// Joins a client's connection to the node that serves its session, byte for byte.
/// <code>
/// client ═══ to node ════► session      its end is passed on; the session may still say something
/// client ◄══ to client ═══ session      its end is the session's, and the splice's
/// </code>
/// Who does not read stops whoever writes: no more is held than what one read brought. If the client's connection
/// breaks off, the node's is cut, which is to the session as if the client itself had been there; if the node's does,
/// the client's is cut, and the client comes back to whom it likes. A client that takes nothing for
/// <see cref="StallTimeout"/> is cut too: the session may have ended, and the end waits behind what is not taken. By
/// then the client has missed all its heartbeats.
/// </summary>
internal sealed class SessionSplice(
    IDuplexPipe client,
    Action abortClient,
    NodeConnection node,
    ClusterMetrics metrics,
    TimeProvider timeProvider)
{
    public static readonly TimeSpan StallTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Carries until the session is over or a connection broke off, which it does not throw.</summary>
    /// <returns>Whether it ended in order; what was said last has yet to go out to the client then.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        metrics.SpliceOpened();
        try
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task toNode = CarryToNodeAsync(over.Token);
            bool isInOrder = await CarryToClientAsync(over.Token).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            await toNode.ConfigureAwait(false);
            return isInOrder;
        }
        finally
        {
            metrics.SpliceClosed();
        }
    }

    private async Task CarryToNodeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CopyAsync(
                client.Input, node.Output, metrics.SplicedToNode, Timeout.InfiniteTimeSpan, cancellationToken)
                .ConfigureAwait(false);
            await node.Output.CompleteAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The other direction has ended, or was cancelled too, and sees to it.
        }
        catch (Exception e) when (IsCut(e))
        {
            // The other direction fails by this, and ends the whole.
            node.Abort();
        }
    }

    private async Task<bool> CarryToClientAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CopyAsync(node.Input, client.Output, metrics.SplicedToClient, StallTimeout, cancellationToken)
                .ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (IsCut(e))
        {
            node.Abort();
            abortClient();
            return false;
        }
    }

    private static bool IsCut(Exception e) =>
        e is IOException or OperationCanceledException or TimeoutException or InvalidOperationException;

    private async Task CopyAsync(
        PipeReader from,
        PipeWriter to,
        Action<long> count,
        TimeSpan patience,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await from.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (!read.Buffer.IsEmpty)
            {
                // All segments in one go: the web server's have 4 KiB, and each flush is a call to the kernel.
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                {
                    to.Write(segment.Span);
                }

                ValueTask<FlushResult> flushing = to.FlushAsync(cancellationToken);
                FlushResult flush = flushing.IsCompletedSuccessfully
                    ? flushing.Result
                    : await flushing.AsTask().WaitAsync(patience, timeProvider, CancellationToken.None)
                        .ConfigureAwait(false);
                if (flush.IsCompleted)
                {
                    throw new IOException("the other side has gone");
                }

                count(read.Buffer.Length);
            }

            from.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}

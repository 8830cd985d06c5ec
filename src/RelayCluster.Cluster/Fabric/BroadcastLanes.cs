using Microsoft.Extensions.Logging;

namespace RelayCluster.Cluster.Fabric;

/// <summary>
/// Runs the handlers of broadcasts: one after the other for each node that sends, so that they are heard in its order,
/// and the nodes beside each other. An idle lane runs a broadcast on the caller's thread until its handler waits.
/// </summary>
internal sealed partial class BroadcastLanes
{
    /// <summary>How many broadcasts of a node may wait; more are lost, which a broadcast may be.</summary>
    public const int Capacity = 4096;

    private readonly HandlerTable _handlers;
    private readonly TaskSet _running;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<FabricRequest>> _lanes = new(StringComparer.Ordinal);

    public BroadcastLanes(HandlerTable handlers, TaskSet running, ILogger logger)
    {
        _handlers = handlers;
        _running = running;
        _logger = logger;
    }

    /// <summary>Takes a broadcast as it arrives.</summary>
    /// <param name="broadcast">What was told.</param>
    /// <param name="cancellationToken">This node leaves.</param>
    public void Add(FabricRequest broadcast, CancellationToken cancellationToken)
    {
        if (_handlers.Find(broadcast.Subject) is null)
        {
            return;
        }

        lock (_lock)
        {
            if (_lanes.TryGetValue(broadcast.From, out Queue<FabricRequest>? lane))
            {
                if (lane.Count < Capacity)
                {
                    lane.Enqueue(broadcast);
                }
                else
                {
                    Log.Lost(_logger, broadcast.Subject, broadcast.From);
                }

                return;
            }

            _lanes.Add(broadcast.From, new Queue<FabricRequest>());
        }

        _running.Add(RunLaneAsync(broadcast, cancellationToken));
    }

    private async Task RunLaneAsync(FabricRequest first, CancellationToken cancellationToken)
    {
        for (FabricRequest? next = first; next is not null; next = TakeNext(first.From))
        {
            await RunAsync(next, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(FabricRequest broadcast, CancellationToken cancellationToken)
    {
        try
        {
            IAsyncEnumerable<ReadOnlyMemory<byte>> replies =
                _handlers.Find(broadcast.Subject)!(broadcast, cancellationToken);
            await foreach (ReadOnlyMemory<byte> _ in replies.ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // Whatever a handler throws ends its broadcast only.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Failed(_logger, broadcast.Subject, broadcast.From, e);
        }
    }

    /// <summary>The node's next broadcast; if there is none its lane is over.</summary>
    private FabricRequest? TakeNext(string from)
    {
        lock (_lock)
        {
            if (_lanes[from].TryDequeue(out FabricRequest? next))
            {
                return next;
            }

            _lanes.Remove(from);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7020, LogLevel.Warning, "a broadcast {Subject} of node {Node} was lost: too many wait")]
        public static partial void Lost(ILogger logger, string subject, string node);

        [LoggerMessage(7021, LogLevel.Warning, "a broadcast {Subject} of node {Node} could not be handled")]
        public static partial void Failed(ILogger logger, string subject, string node, Exception exception);
    }
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Local;

/// <summary>
/// The fabric of a node by itself, or of some nodes of one process that share a <see cref="LocalHub"/>. It keeps the
/// contract of <see cref="IFabric"/> to the letter, so what holds on it holds in a fleet.
/// </summary>
public sealed partial class LocalFabric : IFabric
{
    private readonly LocalHub _hub;
    private readonly ILogger<LocalFabric> _logger;
    private readonly HandlerTable _handlers = new();
    private readonly TaskSet _running = new();
    private readonly BroadcastLanes _broadcasts;
    private readonly ConcurrentDictionary<string, int> _weights = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();

    /// <summary>A node that has not joined yet.</summary>
    /// <param name="nodeName">Its name, unique at the hub.</param>
    /// <param name="hub">What joins it with others.</param>
    /// <param name="loggerFactory">Where failures of handlers are logged.</param>
    public LocalFabric(string nodeName, LocalHub hub, ILoggerFactory loggerFactory)
    {
        ArgumentException.ThrowIfNullOrEmpty(nodeName);
        ArgumentNullException.ThrowIfNull(hub);
        NodeName = nodeName;
        _hub = hub;
        _logger = loggerFactory.CreateLogger<LocalFabric>();
        _broadcasts = new BroadcastLanes(_handlers, _running, _logger);
    }

    /// <summary>What joins it with others.</summary>
    internal LocalHub Hub => _hub;

    /// <inheritdoc/>
    public string NodeName { get; }

    /// <inheritdoc/>
    public bool IsConnected => _hub.IsConnected(this);

    /// <inheritdoc/>
    public void Handle(string subject, FabricHandler handler) => _handlers.Add(subject, handler);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _handlers.Close();
        _hub.Join(this);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask SetWeightAsync(string region, int weight, CancellationToken cancellationToken)
    {
        RegionWeight.ThrowIfOutOfRange(weight);
        _weights[region] = weight;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> Weights => _weights;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(
        FabricAddress address,
        string subject,
        ReadOnlyMemory<byte> body,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        cancellationToken.ThrowIfCancellationRequested();
        LocalCall call = _hub.Call(this, address, subject);
        try
        {
            await CrossAsync(call, cancellationToken).ConfigureAwait(false);
            var request = new FabricRequest(NodeName, subject, body.ToArray());
            FabricHandler handler = call.Answerer._handlers.Find(subject)
                ?? throw FabricFailure.Of(FabricError.Refused, call.Answerer.NodeName, subject);
            var answer = new LocalAnswer(handler, request, call, cancellationToken);
            await using (answer.ConfigureAwait(false))
            {
                while (await answer.MoveNextAsync().ConfigureAwait(false))
                {
                    await CrossAsync(call, cancellationToken).ConfigureAwait(false);
                    yield return answer.Current;
                }
            }
        }
        finally
        {
            _hub.End(call);
        }
    }

    /// <inheritdoc/>
    public ValueTask TellAllAsync(string subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        foreach (LocalFabric node in _hub.Hearers(this))
        {
            node._broadcasts.Add(new FabricRequest(NodeName, subject, body.ToArray()), node._ending.Token);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _hub.Leave(this);
        End();
        await _running.WhenAllAsync().ConfigureAwait(false);
    }

    /// <summary>Cancelled when this node is gone: its handlers work for nobody.</summary>
    internal CancellationToken Ending => _ending.Token;

    internal int Weight(string region) => _weights.GetValueOrDefault(region);

    /// <summary>Keeps what runs here, to be waited for in the end.</summary>
    internal void Keep(Task task) => _running.Add(task);

    internal void Report(string subject, string asker, Exception exception) =>
        Log.Failed(_logger, subject, asker, exception);

    internal void End() => _ending.Cancel();

    /// <summary>What is on its way between two nodes that do not hear each other gets nowhere.</summary>
    private async ValueTask CrossAsync(LocalCall call, CancellationToken cancellationToken)
    {
        if (_hub.IsCut(this, call.Answerer))
        {
            await Task.WhenAny(
                    Task.Delay(FabricTimes.SilenceTimeout, _hub.TimeProvider, cancellationToken),
                    call.Lost)
                .ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw FabricFailure.Of(
                call.Lost.IsCompleted ? await call.Lost.ConfigureAwait(false) : FabricError.TimedOut,
                call.Answerer.NodeName,
                call.Subject);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7010, LogLevel.Warning, "{Subject}, asked by node {Node}, failed")]
        public static partial void Failed(ILogger logger, string subject, string node, Exception exception);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.RabbitMq;

/// <summary>
/// The fabric over a RabbitMQ broker. Each thing is what the broker is good at: an exclusive queue is a node's mailbox,
/// and its name the node's, so a name is taken as long as its node lives; a consistent-hash exchange is a region, a
/// fanout exchange reaches everybody, direct reply-to brings replies; what nobody can take comes back.
/// <code>
/// StartAsync -> joined -> link lost -> alone -> joined anew, with the weights that were set -> ...
///     |  \__ the broker is away: alone ----------^
///     +----- it refuses us, or our name is taken: FabricException
/// </code>
/// A node that was killed leaves its name for a moment, so a name counts as taken only after <see cref="Patience"/>.
/// Once started the fabric never gives up: what the broker has against us then is logged, and tried again.
/// </summary>
public sealed partial class RabbitMqFabric : IFabric
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(2);

    private readonly BrokerAddress _broker;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<RabbitMqFabric> _logger;
    private readonly FabricMetrics _metrics;
    private readonly HandlerTable _handlers = new();
    private readonly TaskSet _running = new();
    private readonly SemaphoreSlim _changing = new(1); // who holds it may change the stay and the weights
    private readonly ConcurrentDictionary<string, int> _weights = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();
    private volatile BrokerStay? _stay;
    private Task _keeping = Task.CompletedTask;

    /// <summary>A node that has not joined yet.</summary>
    /// <param name="nodeName">Its name, unique among the nodes at the broker.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggerFactory">Where the link's ups and downs are logged.</param>
    /// <param name="meterFactory">
    /// Where the meter <c>RelayCluster.Cluster</c> comes from; null for one of its own.
    /// </param>
    public RabbitMqFabric(
        string nodeName,
        BrokerAddress broker,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory,
        IMeterFactory? meterFactory = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(nodeName);
        ArgumentNullException.ThrowIfNull(broker);
        ArgumentNullException.ThrowIfNull(timeProvider);
        NodeName = nodeName;
        _broker = broker;
        _timeProvider = timeProvider;
        _logger = loggerFactory.CreateLogger<RabbitMqFabric>();
        _metrics = new FabricMetrics(meterFactory);
    }

    /// <inheritdoc/>
    public string NodeName { get; }

    /// <inheritdoc/>
    public bool IsConnected => _stay is { Closed.IsCompleted: false };

    /// <inheritdoc/>
    public void Handle(string subject, FabricHandler handler) => _handlers.Add(subject, handler);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _handlers.Close();
        try
        {
            await JoinPatientlyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (FabricException e) when (e.Error == FabricError.Unreachable)
        {
            Log.StartedAlone(_logger, e.Message);
        }

        _keeping = KeepAsync();
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> Weights => _weights;

    /// <inheritdoc/>
    public async ValueTask SetWeightAsync(string region, int weight, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(region);
        RegionWeight.ThrowIfOutOfRange(weight);
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int former = _weights.GetValueOrDefault(region);
            _weights[region] = weight;
            if (former != weight && _stay is { } stay)
            {
                await stay.BindAsync(region, former, weight, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && BrokerFaults.IsLinkLost(e))
        {
            // The next link has all weights.
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(
        FabricAddress address,
        string subject,
        ReadOnlyMemory<byte> body,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        BrokerStay stay = _stay ?? throw FabricFailure.Unreachable();
        IAsyncEnumerable<ReadOnlyMemory<byte>> replies = stay.Asks.AskAsync(address, subject, body, cancellationToken);
        await foreach (ReadOnlyMemory<byte> reply in replies.ConfigureAwait(false))
        {
            yield return reply;
        }
    }

    /// <inheritdoc/>
    public async ValueTask TellAllAsync(string subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (_stay is { } stay)
        {
            await stay.TellAllAsync(subject, body, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_ending.IsCancellationRequested)
        {
            return;
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
        await LeaveAsync().ConfigureAwait(false);
        await _running.WhenAllAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    /// <summary>Joins, and waits a while for our own name: whoever has it may just have died.</summary>
    private async Task JoinPatientlyAsync(CancellationToken cancellationToken)
    {
        long start = _timeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                await JoinAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (FabricException e) when (
                e.Error == FabricError.NameTaken && _timeProvider.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(ShortWait, _timeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <exception cref="FabricException">The broker cannot be reached, or has something against us.</exception>
    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        BrokerStay? stay = null;
        try
        {
            BrokerLink link = await BrokerLink.OpenAsync(NodeName, _broker, _metrics, _timeProvider, cancellationToken)
                .ConfigureAwait(false);
            stay = new BrokerStay(NodeName, link, _handlers, _running, _timeProvider, _logger);
            foreach ((string region, int weight) in _weights)
            {
                await stay.BindAsync(region, formerWeight: 0, weight, cancellationToken).ConfigureAwait(false);
            }

            // Before the first letter: a handler may ask in its turn.
            _stay = stay;
            await stay.OpenMailboxAsync(cancellationToken).ConfigureAwait(false);
            _metrics.Connected();
            Log.Joined(_logger, NodeName, _broker);
        }
        catch (Exception e)
        {
            _stay = null;
            if (stay is not null)
            {
                await stay.DisposeAsync().ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw BrokerFaults.Explain(e, NodeName, _broker);
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task LeaveAsync()
    {
        if (_stay is { } stay)
        {
            _stay = null;
            _metrics.Disconnected();
            await stay.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sees to it that there is a link, until the end.</summary>
    private async Task KeepAsync()
    {
        try
        {
            while (true)
            {
                if (_stay is { } stay)
                {
                    await stay.Closed.WaitAsync(_ending.Token).ConfigureAwait(false);
                    Log.Lost(_logger, _broker);
                    await LeaveAsync().ConfigureAwait(false);
                }

                await RejoinAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
        }
    }

    private async Task RejoinAsync()
    {
        string? told = null;
        for (TimeSpan wait = ShortWait; ; wait = wait * 2 < LongWait ? wait * 2 : LongWait)
        {
            await Task.Delay(wait, _timeProvider, _ending.Token).ConfigureAwait(false);
            try
            {
                await JoinAsync(_ending.Token).ConfigureAwait(false);
                return;
            }
            catch (FabricException e)
            {
                if (e.Error != FabricError.Unreachable && e.Message != told)
                {
                    Log.Refused(_logger, e.Message);
                }

                told = e.Message;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7040, LogLevel.Information, "node {Node} has joined the fleet at {Broker}")]
        public static partial void Joined(ILogger logger, string node, BrokerAddress broker);

        [LoggerMessage(7041, LogLevel.Warning, "{Fault}; the node serves by itself, and joins the fleet when it can")]
        public static partial void StartedAlone(ILogger logger, string fault);

        [LoggerMessage(7042, LogLevel.Warning, "the broker {Broker} is lost; until it is back the node is by itself")]
        public static partial void Lost(ILogger logger, BrokerAddress broker);

        [LoggerMessage(7043, LogLevel.Error, "{Fault}; it is tried again")]
        public static partial void Refused(ILogger logger, string fault);
    }
}

using Microsoft.Extensions.Logging;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Membership;
using RelayCluster.Relay;

namespace RelayCluster.Cluster.Administration;

/// <summary>
/// Whether a node takes sessions; it owns the node's state, and sees to it that the fleet and the relay keep to it.
/// <code>
///            Serve                 Drain
///   joining ─────────► up ───────────────────► draining: takes none, and closes those whose time is over
///      │               └◄─────── Resume ─────────┘  │
///      │ Stop                                        │ Stop
///      └───────────────────────────────────────────► draining, and there is no way back
/// </code>
/// The fleet knows before the relay turns the first client away, and the relay takes clients before the fleet sends
/// any.
/// </summary>
public sealed partial class NodeDrain : IAsyncDisposable
{
    private readonly Func<MemberState, CancellationToken, Task> _announceAsync;
    private readonly ILogger<NodeDrain> _logger;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _ending = new();
    private RelayServer? _relay;
    private Task _drained = Task.CompletedTask;
    private volatile bool _isStopping;
    private volatile MemberState _state = MemberState.Joining;

    /// <summary>A node that is joining.</summary>
    /// <param name="announceAsync">Tells the fleet; called in the order of the changes.</param>
    /// <param name="loggerFactory">Where it logs.</param>
    public NodeDrain(Func<MemberState, CancellationToken, Task> announceAsync, ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(announceAsync);
        _announceAsync = announceAsync;
        _logger = loggerFactory.CreateLogger<NodeDrain>();
    }

    /// <summary>How the node stands: joining, up or draining.</summary>
    public MemberState State => _state;

    /// <summary>Whether it is draining for good.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>
    /// How long sessions may live in a drain that does not say; by default 30 seconds. Where the node stops it is up to
    /// its owner.
    /// </summary>
    public TimeSpan DefaultTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The relay serves: the node is up, unless it is draining already.</summary>
    public Task ServeAsync(RelayServer relay, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(relay);
        return TurnAsync(
            async () =>
            {
                _relay = relay;
                if (State == MemberState.Joining)
                {
                    await ChangeAsync(MemberState.Up).ConfigureAwait(false);
                }
                else
                {
                    Drain(relay, TimeSpan.Zero);
                }
            },
            cancellationToken);
    }

    /// <summary>
    /// Takes no more sessions, and closes those that are left when their time is over; returns at once. If it is
    /// draining already, the shorter time counts.
    /// </summary>
    public Task DrainAsync(TimeSpan timeout, CancellationToken cancellationToken) => TurnAsync(
        async () =>
        {
            if (State != MemberState.Draining)
            {
                await ChangeAsync(MemberState.Draining).ConfigureAwait(false);
            }

            if (_relay is { } relay)
            {
                Drain(relay, timeout);
            }
        },
        cancellationToken);

    /// <summary>Takes sessions again.</summary>
    /// <exception cref="AdministrationException">The node is stopping.</exception>
    public Task ResumeAsync(CancellationToken cancellationToken) => TurnAsync(
        async () =>
        {
            if (_isStopping)
            {
                throw new AdministrationException(AdministrationError.Refused, "the node is stopping");
            }

            if (State == MemberState.Draining)
            {
                _relay?.Resume();
                await ChangeAsync(_relay is null ? MemberState.Joining : MemberState.Up).ConfigureAwait(false);
            }
        },
        cancellationToken);

    /// <summary>
    /// As <see cref="DrainAsync(TimeSpan, CancellationToken)"/>, for good; completes when no session is left.
    /// </summary>
    public async Task StopAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        _isStopping = true;
        await DrainAsync(timeout, cancellationToken).ConfigureAwait(false);
        await _drained.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Nothing is waited for any more; what is left of the sessions is the relay's.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _drained.ConfigureAwait(false);
    }

    private async Task TurnAsync(Func<Task> turnAsync, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await turnAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ChangeAsync(MemberState state)
    {
        _state = state;
        try
        {
            await _announceAsync(state, _ending.Token).ConfigureAwait(false);
        }
        catch (FabricException e)
        {
            // The fleet hears of it with the next status.
            Log.NotAnnounced(_logger, state, e.Message);
        }
    }

    /// <summary>Drains that are under way already are over together with this one.</summary>
    private void Drain(RelayServer relay, TimeSpan timeout) =>
        _drained = Task.WhenAll(_drained, DrainAsync(relay, timeout));

    private async Task DrainAsync(RelayServer relay, TimeSpan timeout)
    {
        try
        {
            if (await relay.DrainAsync(timeout, _ending.Token).ConfigureAwait(false))
            {
                Log.Drained(_logger);
            }
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7400, LogLevel.Information, "drained: no session is left")]
        public static partial void Drained(ILogger logger);

        [LoggerMessage(7401, LogLevel.Warning, "the fleet was not told that this node is {State}: {Reason}")]
        public static partial void NotAnnounced(ILogger logger, MemberState state, string reason);
    }
}

using System.Text.Json;
using Microsoft.Extensions.Logging;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Membership;

/// <summary>
/// Knows the nodes of the fleet, and makes this one known. Each node tells all others its <see cref="NodeStatus"/>
/// every second, when its state changes, and when it meets a new one; <see cref="MembershipTable"/> makes of what is
/// heard who is there. A node that is late is asked by name: if the engine knows no such node any more it is down at
/// once, which is how a death is mostly seen, after some 2 s; one that is merely silent is down after 4 s. While the
/// engine itself is away all others are down after that time, and come back with it.
/// </summary>
public sealed partial class Fleet : IAsyncDisposable
{
    private const string StatusSubject = "membership/status";
    private const string PresenceSubject = "membership/presence";

    private readonly IFabric _fabric;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<Fleet> _logger;
    private readonly Lock _lock = new();
    private readonly MembershipTable _table = new();
    private readonly MemberWaits _waits = new();
    private readonly TaskSet _running = new();
    private readonly ChangeOutlet _untold = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly long _start;
    private readonly ITimer _timer;
    private NodeStatus _status;
    private Func<NodeLoad> _load = static () => NodeLoad.None;
    private TimeSpan? _nextStatus;
    private Task _telling = Task.CompletedTask;

    /// <summary>A fleet that this node has not joined yet.</summary>
    /// <param name="fabric">What joins the nodes; not started yet.</param>
    /// <param name="self">What this node tells of itself at first.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="loggerFactory">Where the comings and goings are logged.</param>
    public Fleet(IFabric fabric, NodeStatus self, TimeProvider timeProvider, ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(fabric);
        ArgumentNullException.ThrowIfNull(self);
        ArgumentNullException.ThrowIfNull(timeProvider);
        _fabric = fabric;
        _status = self;
        _timeProvider = timeProvider;
        _logger = loggerFactory.CreateLogger<Fleet>();
        _start = timeProvider.GetTimestamp();
        _timer = timeProvider.CreateTimer(
            static self => ((Fleet)self!).HandleTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        fabric.Handle(StatusSubject, HandleStatus);
        fabric.Handle(PresenceSubject, static (_, _) => AsyncEnumerable.Empty<ReadOnlyMemory<byte>>());
    }

    /// <summary>
    /// A node of the fleet came, went, or stands otherwise; one change after the other, this node's own not among them.
    /// Handlers are quick, and hold up the membership while they run.
    /// </summary>
    public event Action<MemberChange>? Changed;

    /// <summary>What this node told last.</summary>
    public NodeStatus Self
    {
        get
        {
            lock (_lock)
            {
                return _status;
            }
        }
    }

    /// <summary>All nodes, this one and those that went down of late included, by name.</summary>
    public IReadOnlyList<Member> Members
    {
        get
        {
            lock (_lock)
            {
                return Snapshot();
            }
        }
    }

    /// <summary>The node of that name; null if none is known.</summary>
    public Member? Find(string name) => Members.FirstOrDefault(member => member.Name == name);

    /// <summary>Completes as soon as the nodes are as wanted.</summary>
    /// <param name="condition">Tells of <see cref="Members"/> whether they are; quick and without effects.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WaitUntilAsync(
        Func<IReadOnlyList<Member>, bool> condition,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        lock (_lock)
        {
            return condition(Snapshot()) ? Task.CompletedTask : _waits.Add(condition, cancellationToken);
        }
    }

    /// <summary>Begins to tell and to hear; the fabric is started.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Turn(now => _nextStatus = now + MembershipTimes.Interval);
        return TellAsync(cancellationToken);
    }

    /// <summary>Where the numbers of a status come from, asked each second.</summary>
    internal void Measure(Func<NodeLoad> load)
    {
        ArgumentNullException.ThrowIfNull(load);
        _load = load;
    }

    /// <summary>Changes what this node tells of itself, and tells it now.</summary>
    /// <param name="change">Makes the new status of the former; name, instance and number stay what they are.</param>
    /// <param name="cancellationToken">Ends the telling; the change stays.</param>
    public Task UpdateAsync(Func<NodeStatus, NodeStatus> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        Turn(_ =>
        {
            NodeStatus changed = change(_status);
            _status = changed with { Name = _status.Name, Instance = _status.Instance, Number = _status.Number };
        });
        return TellAsync(cancellationToken);
    }

    /// <summary>Tells the others that this node leaves; the fabric is still there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_leaving.IsCancellationRequested)
        {
            return;
        }

        await _leaving.CancelAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _running.WhenAllAsync().ConfigureAwait(false);
        await UpdateAsync(status => status with { State = MemberState.Down }, CancellationToken.None)
            .ConfigureAwait(false);
    }

    private TimeSpan Now => _timeProvider.GetElapsedTime(_start);

    private IAsyncEnumerable<ReadOnlyMemory<byte>> HandleStatus(
        FabricRequest request,
        CancellationToken cancellationToken)
    {
        NodeStatus? status = JsonSerializer.Deserialize(request.Body.Span, MembershipJson.Default.NodeStatus);
        if (status is not null && status.Name == request.From)
        {
            Turn(now => _table.HandleStatus(now, status));
        }

        return AsyncEnumerable.Empty<ReadOnlyMemory<byte>>();
    }

    private void HandleTimer() => Turn(_table.HandleTimeout);

    /// <summary>Takes an input, and does what follows from it once the lock is released.</summary>
    private void Turn(Action<TimeSpan> input)
    {
        List<string> suspects = [];
        bool isToTell;
        lock (_lock)
        {
            TimeSpan now = Now;
            input(now);
            isToTell = ReadChanges() | IsStatusDue(now);
            while (_table.TryReadSuspect(out string? name))
            {
                suspects.Add(name);
            }

            Schedule(now);
            _waits.Wake(Snapshot);
        }

        _untold.TellAll(RaiseChange);
        foreach (string name in suspects)
        {
            _running.Add(AskAfterAsync(name));
        }

        // An engine that is slow to take a status gets no second one meanwhile.
        if (isToTell && _telling.IsCompleted)
        {
            _telling = TellAsync(_leaving.Token);
            _running.Add(_telling);
        }
    }

    /// <summary>Whether there was a node to meet, which is to know of this one.</summary>
    private bool ReadChanges()
    {
        bool hasMet = false;
        while (_table.TryReadChange(out SightingChange change))
        {
            hasMet |= change.Before is null;
            _untold.Add(new MemberChange(change.Before is { } before ? See(before) : null, See(change.Now)));
        }

        return hasMet;
    }

    private bool IsStatusDue(TimeSpan now)
    {
        bool isDue = _nextStatus <= now;
        if (isDue)
        {
            _nextStatus = now + MembershipTimes.Interval;
        }

        return isDue;
    }

    private void Schedule(TimeSpan now)
    {
        TimeSpan? next = _table.NextTimeout is { } timeout && !(timeout > _nextStatus) ? timeout : _nextStatus;
        if (next is { } due && !_leaving.IsCancellationRequested)
        {
            _timer.Change(due > now ? due - now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void RaiseChange(MemberChange change)
    {
        Log.MemberChanged(_logger, change.Name, change.Now.State);
        Changed?.Invoke(change);
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        NodeLoad load = _load();
        NodeStatus status;
        lock (_lock)
        {
            status = _status = _status with { Number = _status.Number + 1, Load = load };
        }

        try
        {
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(status, MembershipJson.Default.NodeStatus);
            await _fabric.TellAllAsync(StatusSubject, body, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FabricException or OperationCanceledException)
        {
            Log.StatusNotTold(_logger, e);
        }
    }

    /// <summary>Asks a node that is late whether it is there; only a sure no counts.</summary>
    private async Task AskAfterAsync(string name)
    {
        try
        {
            IAsyncEnumerable<ReadOnlyMemory<byte>> replies = _fabric.AskAsync(
                FabricAddress.OfNode(name), PresenceSubject, ReadOnlyMemory<byte>.Empty, _leaving.Token);
            await foreach (ReadOnlyMemory<byte> _ in replies.ConfigureAwait(false))
            {
            }
        }
        catch (FabricException e) when (e.Error is FabricError.NoSuchNode or FabricError.NodeGone)
        {
            Turn(now => _table.HandleGone(now, name));
        }
        catch (Exception e) when (e is FabricException or OperationCanceledException)
        {
            Log.NoAnswer(_logger, name, e);
        }
    }

    private Member[] Snapshot() =>
    [
        .. _table.Sightings
            .Select(See)
            .Append(new Member(_status, _status.State, _timeProvider.GetUtcNow(), IsSelf: true))
            .OrderBy(member => member.Name, StringComparer.Ordinal),
    ];

    private Member See(Sighting sighting) => new(
        sighting.Status,
        sighting.State,
        _timeProvider.GetUtcNow() - (Now - sighting.HeardAt),
        IsSelf: false);

    private static partial class Log
    {
        [LoggerMessage(7000, LogLevel.Information, "node {Node} is {State}")]
        public static partial void MemberChanged(ILogger logger, string node, MemberState state);

        [LoggerMessage(7001, LogLevel.Debug, "the fleet was not told of this node's status")]
        public static partial void StatusNotTold(ILogger logger, Exception exception);

        [LoggerMessage(7002, LogLevel.Debug, "node {Node} is late, and cannot be asked why")]
        public static partial void NoAnswer(ILogger logger, string node, Exception exception);
    }
}

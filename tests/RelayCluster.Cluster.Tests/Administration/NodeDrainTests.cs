using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Actors.TestKit;
using RelayCluster.Cluster.Administration;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Membership;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay;

namespace RelayCluster.Cluster.Tests.Administration;

/// <summary>The state of one node, on virtual time.</summary>
public sealed class NodeDrainTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly VirtualClock _clock = new();
    private readonly List<MemberState> _announced = [];
    private readonly RelayServer _relay;
    private readonly NodeDrain _drain;

    public NodeDrainTests()
    {
        _relay = new RelayServer(new NobodyNode(), new RelayOptions(), _clock, NullLoggerFactory.Instance);
        _drain = new NodeDrain(AnnounceAsync, NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _drain.DisposeAsync();
        await _relay.DisposeAsync();
    }

    [Fact]
    public async Task A_node_is_joining_then_up_then_draining_then_up_again()
    {
        Assert.Equal(MemberState.Joining, _drain.State);
        await _drain.ServeAsync(_relay, default);
        Assert.Equal(MemberState.Up, _drain.State);

        await _drain.DrainAsync(Timeout, default);
        Assert.Equal((MemberState.Draining, true), (_drain.State, _relay.IsDraining));

        await _drain.ResumeAsync(default);
        Assert.Equal((MemberState.Up, false), (_drain.State, _relay.IsDraining));
        Assert.Equal([MemberState.Up, MemberState.Draining, MemberState.Up], _announced);
    }

    [Fact]
    public async Task What_is_so_already_is_not_told_again()
    {
        await _drain.ServeAsync(_relay, default);
        await _drain.ResumeAsync(default);
        await _drain.DrainAsync(Timeout, default);
        await _drain.DrainAsync(Timeout, default);

        Assert.Equal([MemberState.Up, MemberState.Draining], _announced);
    }

    [Fact]
    public async Task A_node_that_is_drained_before_it_serves_never_takes_a_session()
    {
        await _drain.DrainAsync(Timeout, default);
        await _drain.ServeAsync(_relay, default);

        Assert.Equal((MemberState.Draining, true), (_drain.State, _relay.IsDraining));
        Assert.Equal([MemberState.Draining], _announced);
    }

    [Fact]
    public async Task A_node_that_is_resumed_before_it_serves_is_joining_again()
    {
        await _drain.DrainAsync(Timeout, default);
        await _drain.ResumeAsync(default);
        Assert.Equal(MemberState.Joining, _drain.State);

        await _drain.ServeAsync(_relay, default);

        Assert.Equal((MemberState.Up, false), (_drain.State, _relay.IsDraining));
    }

    [Fact]
    public async Task Sessions_are_closed_when_their_time_is_over()
    {
        await _drain.ServeAsync(_relay, default);
        var client = new SilentClient();
        Task session = _relay.ServeAsync(client);
        await SessionIsThereAsync();
        await _drain.DrainAsync(Timeout, default);

        _clock.Advance(Timeout - TimeSpan.FromTicks(1));
        Assert.False(session.IsCompleted);
        _clock.Advance(TimeSpan.FromTicks(1));

        await session.WaitAsync(Deadline);
        Assert.Equal(MemberState.Draining, _drain.State);
    }

    [Fact]
    public async Task A_second_drain_may_be_in_more_of_a_hurry()
    {
        await _drain.ServeAsync(_relay, default);
        Task session = _relay.ServeAsync(new SilentClient());
        await _drain.DrainAsync(Timeout, default);

        await _drain.DrainAsync(TimeSpan.Zero, default);

        await session.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_stop_waits_for_the_sessions_and_there_is_no_way_back()
    {
        await _drain.ServeAsync(_relay, default);
        var client = new SilentClient();
        Task session = _relay.ServeAsync(client);

        Task stopping = _drain.StopAsync(Timeout, default);

        await Assert.ThrowsAsync<AdministrationException>(() => _drain.ResumeAsync(default));
        Assert.False(stopping.IsCompleted);
        client.Leave();
        await stopping.WaitAsync(Deadline);
        await session.WaitAsync(Deadline);
        Assert.True(_drain.IsStopping);
    }

    [Fact]
    public async Task A_stop_before_the_node_serves_is_over_at_once()
    {
        await _drain.StopAsync(Timeout, default).WaitAsync(Deadline);

        Assert.Equal(MemberState.Draining, _drain.State);
    }

    [Fact]
    public async Task A_fleet_that_cannot_be_told_keeps_no_node_from_draining()
    {
        await using var alone = new NodeDrain(
            static (_, _) => throw new FabricException(FabricError.Unreachable, "away"), NullLoggerFactory.Instance);
        await alone.ServeAsync(_relay, default);

        await alone.DrainAsync(Timeout, default);

        var late = new SilentClient();
        await _relay.ServeAsync(late).WaitAsync(Deadline);
        Assert.Equal(CloseKind.GoingAway, late.Reason?.Kind);
    }

    /// <summary>A session that is still being made has no more than ten seconds for it, on the same clock.</summary>
    private async Task SessionIsThereAsync()
    {
        await foreach (var _ in _relay.GetSessionsAsync())
        {
        }
    }

    private Task AnnounceAsync(MemberState state, CancellationToken cancellationToken)
    {
        _announced.Add(state);
        return Task.CompletedTask;
    }
}

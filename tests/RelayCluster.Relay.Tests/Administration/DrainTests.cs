using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Administration;

/// <summary>A relay that is taken out of service.</summary>
public sealed class DrainTests : IAsyncDisposable
{
    private const string Text = "The relay is draining: it takes no more sessions, and closes those that it has";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly RelayScenario _scenario = new(new RelayOptions
    {
        HeartbeatInterval = TimeSpan.FromMinutes(5), // no ping comes between
        SilenceTimeout = TimeSpan.FromHours(1),
    });

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void Who_comes_is_told_why_it_may_not()
    {
        TestClient early = _scenario.ConnectAndGreet();
        Task<bool> draining = _scenario.Relay.DrainAsync(Timeout);

        TestClient late = _scenario.Connect();

        late.ExpectEnd();
        Assert.Equal(new CloseReason(CloseKind.GoingAway, Text), late.RelaysTransport.Reason);
        Assert.True(_scenario.Relay.IsDraining);
        Assert.Equal(1, _scenario.Relay.SessionCount);
        early.Synchronize();
        Assert.False(draining.IsCompleted);
    }

    [Fact]
    public void Sessions_live_until_the_time_is_over_and_are_told_why_they_end()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        uint stream = client.ConnectAndOpen(1, peer: 1);
        client.ListenAndHear(2);
        Task<bool> draining = _scenario.Relay.DrainAsync(Timeout);

        _scenario.Kit.Advance(Timeout - TimeSpan.FromSeconds(1));
        peer.Send("still here"u8.ToArray());
        Assert.Single(client.ExpectData(stream));
        Assert.False(draining.IsCompleted);
        _scenario.Kit.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_scenario.Kit.RunUntilCompleted(draining));
        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.Equal((true, stream, $"RELAY_LOST: {Text}"), (destroy.IsPaired, destroy.Alias, destroy.Error));
        client.ExpectEnd();
        Assert.Equal(new CloseReason(CloseKind.GoingAway, Text), client.RelaysTransport.Reason);
        Assert.True(peer.IsDisposed);
        Assert.Contains(_scenario.LogLines, line => line.Contains("closed: Draining", StringComparison.Ordinal));
    }

    [Fact]
    public void A_dial_that_is_under_way_is_told_too()
    {
        _scenario.Node.AddSilentServer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.Connect(5, peer: 1);
        client.Synchronize();

        Task<bool> draining = _scenario.Relay.DrainAsync(TimeSpan.Zero);

        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.Equal((false, 5u, $"RELAY_LOST: {Text}"), (destroy.IsPaired, destroy.Alias, destroy.Error));
        Assert.True(_scenario.Kit.RunUntilCompleted(draining));
    }

    [Fact]
    public async Task It_is_over_when_the_last_session_has_left()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Task<bool> draining = _scenario.Relay.DrainAsync(Timeout);

        Task closing = client.CloseAsync().AsTask();

        Assert.True(_scenario.Kit.RunUntilCompleted(draining));
        await closing;
        Assert.True(_scenario.Relay.IsDraining);
        TestClient late = _scenario.Connect();
        late.ExpectEnd();
    }

    [Fact]
    public void A_relay_without_sessions_is_drained_at_once()
    {
        Assert.True(_scenario.Kit.RunUntilCompleted(_scenario.Relay.DrainAsync(Timeout)));
    }

    [Fact]
    public void Resumed_it_takes_sessions_again_and_keeps_those_it_has()
    {
        TestClient early = _scenario.ConnectAndGreet();
        Task<bool> draining = _scenario.Relay.DrainAsync(Timeout);

        _scenario.Relay.Resume();

        Assert.False(_scenario.Kit.RunUntilCompleted(draining));
        Assert.False(_scenario.Relay.IsDraining);
        _scenario.ConnectAndGreet().Synchronize();
        _scenario.Kit.Advance(Timeout + Timeout);
        early.Synchronize();
    }

    [Fact]
    public void A_second_drain_may_be_in_more_of_a_hurry()
    {
        TestClient client = _scenario.ConnectAndGreet();
        Task<bool> patient = _scenario.Relay.DrainAsync(Timeout);

        Task<bool> hurried = _scenario.Relay.DrainAsync(TimeSpan.Zero);

        client.ExpectEnd();
        Assert.True(_scenario.Kit.RunUntilCompleted(hurried));
        Assert.True(_scenario.Kit.RunUntilCompleted(patient));
    }

    [Fact]
    public void Who_drains_need_not_wait()
    {
        using var cancellation = new CancellationTokenSource();
        TestClient client = _scenario.ConnectAndGreet();
        Task<bool> draining = _scenario.Relay.DrainAsync(Timeout, cancellation.Token);

        cancellation.Cancel();

        Assert.Throws<TaskCanceledException>(() => _scenario.Kit.RunUntilCompleted(draining));
        _scenario.Kit.Advance(Timeout + Timeout);
        client.Synchronize();
        Assert.True(_scenario.Relay.IsDraining);
    }

    [Fact]
    public void A_client_that_does_not_read_is_cut_in_the_end()
    {
        (TestClient client, FakePeer peer) = _scenario.ConnectAndReadNothing();
        Task<bool> draining = _scenario.Relay.DrainAsync(TimeSpan.Zero);
        _scenario.Kit.RunUntil(() => peer.IsDisposed, "the stream's end");

        _scenario.Kit.RunUntil(
            () =>
            {
                _scenario.Kit.Advance(TimeSpan.FromMilliseconds(500));
                return draining.IsCompleted;
            },
            "the drain's end");
        Assert.True(client.RelaysTransport.IsAborted);
    }
}

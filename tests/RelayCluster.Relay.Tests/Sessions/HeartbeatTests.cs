using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Sessions;

public sealed class HeartbeatTests : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Instant = TimeSpan.FromTicks(1);

    private readonly RelayScenario _scenario = new();

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void The_relay_pings_every_15_seconds()
    {
        TestClient client = _scenario.ConnectAndGreet();
        foreach (int _ in Enumerable.Range(0, 10))
        {
            _scenario.Kit.Advance(Beat - Instant);
            client.ExpectNothing();
            _scenario.Kit.Advance(Instant);
            client.Expect<PingMessage>();
        }
    }

    [Fact]
    public void A_client_that_answers_its_pings_lives_on()
    {
        TestClient client = _scenario.ConnectAndGreet();
        foreach (int _ in Enumerable.Range(0, 20))
        {
            _scenario.Kit.Advance(Beat);
            client.Expect<PingMessage>();
            client.Synchronize();
        }

        Assert.False(client.Session.IsCompleted, string.Join('\n', _scenario.LogLines));
    }

    [Fact]
    public void A_silent_session_is_closed_after_45_seconds()
    {
        TestClient client = _scenario.ConnectAndGreet();
        _scenario.Kit.Advance((3 * Beat) - Instant);
        Assert.False(client.Session.IsCompleted);
        _scenario.Kit.Advance(Instant);
        _scenario.Kit.RunUntilCompleted(client.Session);
        Assert.Contains(_scenario.LogLines, static line => line.Contains("ClientSilent", StringComparison.Ordinal));
    }

    [Fact]
    public void Silence_is_counted_from_the_last_message()
    {
        TestClient client = _scenario.ConnectAndGreet();
        _scenario.Kit.Advance(TimeSpan.FromSeconds(40));
        client.SayData(99, [1]);
        client.Synchronize();
        _scenario.Kit.Advance((3 * Beat) - Instant);
        Assert.False(client.Session.IsCompleted);
        _scenario.Kit.Advance(Instant);
        _scenario.Kit.RunUntilCompleted(client.Session);
    }

    [Fact]
    public void A_connection_that_never_says_a_word_is_closed_too()
    {
        (MemoryTransport _, MemoryTransport relay) = MemoryTransport.CreatePair();
        Task session = _scenario.Relay.ServeAsync(relay);
        _scenario.Kit.Advance((3 * Beat) - Instant);
        Assert.False(session.IsCompleted);
        _scenario.Kit.Advance(Instant);
        _scenario.Kit.RunUntilCompleted(session);
        Assert.True(relay.IsDisposed);
    }

    [Fact]
    public void A_ping_of_the_client_is_answered()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(PingMessage.Instance);
        client.Expect<PongMessage>();
    }
}

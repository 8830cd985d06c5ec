using System.Collections.Concurrent;
using System.Net;
using RelayCluster.Actors.TestKit;
using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Client.Tests.Sessions;

public sealed class ReconnectTests
{
    private static readonly Fixed32 Key = Blake2b.Hash("somebody"u8);
    private static readonly IPEndPoint Nowhere = new(IPAddress.Any, 0);

    private readonly VirtualClock _clock = new();

    [Fact]
    public async Task AfterALoss_CallsWaitForTheNextConnection()
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        await using RelayedDht ownedNode = node;
        var states = new ConcurrentQueue<RelayedDhtState>();
        node.StateChanged += (_, change) => states.Enqueue(change.State);
        Task<DhtStream> underWay = node.ConnectAsync(Key).AsTask();
        await session.ReadAsync<ConnectMessage>();

        session.Abort();
        DhtException failure = await Assert.ThrowsAsync<DhtException>(underWay.Within);
        Assert.Equal(DhtError.RelayLost, failure.Error);
        Task<DhtStream> later = node.ConnectAsync(Key).AsTask();
        await AdvanceToDialAsync(relay, 2);
        ScriptedSession next = await relay.AcceptAsync();
        await next.OpenAsync(1);
        await using DhtStream stream = await later.Within();
        Assert.Equal(RelayedDhtState.Connected, node.State);
        Assert.Equal([RelayedDhtState.Reconnecting, RelayedDhtState.Connected], states);
    }

    [Fact]
    public async Task Attempts_ComeLessAndLessOften()
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        await using RelayedDht ownedNode = node;
        for (int i = 0; i < 8; i++)
        {
            relay.DialFailures.Enqueue(new IOException("not there"));
        }

        session.Abort();
        var waits = new List<TimeSpan>();
        for (int dials = 2; dials <= 10; dials++)
        {
            TimeSpan before = _clock.Elapsed;
            await AdvanceToDialAsync(relay, dials);
            waits.Add(_clock.Elapsed - before);
        }

        TimeSpan longest = TimeSpan.FromSeconds(0.5);
        foreach (TimeSpan wait in waits)
        {
            Assert.InRange(wait, longest / 2, longest);
            longest = longest * 2 < TimeSpan.FromSeconds(30) ? longest * 2 : TimeSpan.FromSeconds(30);
        }

        await relay.AcceptAsync();
    }

    [Fact]
    public async Task Servers_ListenAgainUnderTheirKeysAndStayTheSameForTheirUser()
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        await using RelayedDht ownedNode = node;
        Task<IDhtServer> listening = node.ListenAsync().AsTask();
        await session.ListenAsync(1);
        IDhtServer server = await listening.Within();
        Task<DhtStream?> accepting = server.AcceptAsync().AsTask();

        session.Abort();
        await AdvanceToDialAsync(relay, 2);
        ScriptedSession next = await relay.AcceptAsync();
        ListenMessage again = await next.ListenAsync(5);
        Assert.Equal(server.PublicKey, again.PublicKey);
        await next.SendAsync(new ConnectionMessage(6, 5, Key, new byte[64], 0));
        await next.ReadAsync<ConnectedMessage>();
        await using DhtStream? stream = await accepting.Within();
        Assert.Equal(Key, stream!.RemotePublicKey);

        Task closing = server.CloseAsync().AsTask();
        Assert.Equal(again.Alias, (await next.ReadAsync<CloseMessage>()).Alias);
        await next.SendAsync(new ClosedMessage(5));
        await closing.Within();
    }

    [Fact]
    public async Task AServerWhoseKeyIsStillInUse_TriesUntilItListens()
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        await using RelayedDht ownedNode = node;
        Task<IDhtServer> listening = node.ListenAsync().AsTask();
        await session.ListenAsync(1);
        await using IDhtServer server = await listening.Within();
        session.Abort();
        await AdvanceToDialAsync(relay, 2);
        ScriptedSession next = await relay.AcceptAsync();
        for (uint alias = 10; alias < 13; alias++)
        {
            ListenMessage refused = await next.ReadAsync<ListenMessage>();
            await next.SendAsync(new ListeningMessage(alias, refused.Alias, Nowhere));
            await next.SendAsync(new ClosedMessage(alias));

            // it takes that for a refusal, and waits; the heartbeats go on meanwhile
            Task<RelayMessage> asking = next.ReadAsync();
            await AdvanceUntilAsync(asking);
            ListenMessage asked = Assert.IsType<ListenMessage>(await asking);
            await next.SendAsync(new ListeningMessage(alias + 100, asked.Alias, ScriptedSession.Address));
            await Deadlines.UntilAsync(() => server.Address.EndPoint is not null, "the server to listen");

            // the relay may close it again at any time
            await next.SendAsync(new ClosedMessage(alias + 100));
        }
    }

    [Fact]
    public async Task Dispose_WhileItReconnects_DoesNotWait()
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        Task<IDhtServer> listening = node.ListenAsync().AsTask();
        await session.ListenAsync(1);
        await using IDhtServer server = await listening.Within();
        session.Abort();
        await Deadlines.UntilAsync(() => node.State == RelayedDhtState.Reconnecting, "the loss");
        Task<DhtStream> waiting = node.ConnectAsync(Key).AsTask();
        await node.DisposeAsync().Within();
        DhtException failure = await Assert.ThrowsAsync<DhtException>(waiting.Within);
        Assert.Equal(DhtError.NodeDestroyed, failure.Error);
        Assert.Null(await server.AcceptAsync().Within());
        Assert.Equal(RelayedDhtState.Disposed, node.State);
    }

    [Fact]
    public async Task AListenerThatFails_DoesNotStopTheReconnecting()
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        await using RelayedDht ownedNode = node;
        node.StateChanged += (_, _) => throw new InvalidOperationException("the listener's own trouble");
        session.Abort();
        await AdvanceToDialAsync(relay, 2);
        await relay.AcceptAsync();
    }

    [Fact]
    public async Task TheFirstConnection_IsNotTriedAgain()
    {
        var relay = new ScriptedRelay();
        await using ScriptedRelay ownedRelay = relay;
        relay.DialFailures.Enqueue(new IOException("not there"));
        DhtException failure = await Assert.ThrowsAsync<DhtException>(
            () => RelayedDht.StartAsync(relay.DialAsync, new RelayedDhtOptions { Reconnect = true }).Within());
        Assert.Equal("RELAY_LOST: the relay could not be reached: not there", failure.Message);
    }

    [Fact]
    public async Task AnAttemptThatTakesTooLong_IsGivenUp()
    {
        Task<RelayedDht> starting = RelayedDht.StartAsync(
            NeverAsync, new RelayedDhtOptions { TimeProvider = _clock }).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(10));
        DhtException failure = await Assert.ThrowsAsync<DhtException>(starting.Within);
        Assert.Equal("RELAY_LOST: the relay could not be reached within 10 s", failure.Message);
    }

    private static async ValueTask<IMessageTransport> NeverAsync(CancellationToken cancellationToken)
    {
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        throw new InvalidOperationException("nobody comes here");
    }

    private Task<(ScriptedRelay Relay, ScriptedSession Session, RelayedDht Node)> StartAsync() =>
        ScriptedRelay.StartAsync(new RelayedDhtOptions
        {
            TimeProvider = _clock,
            Reconnect = true,
            Random = new Random(1),

            // so that only the waits between attempts move the clock
            ConnectTimeout = TimeSpan.FromDays(1),
            HeartbeatInterval = TimeSpan.FromDays(1),
            SilenceTimeout = TimeSpan.FromDays(3),
        });

    /// <summary>Moves time on until the client has dialled so often.</summary>
    private async Task AdvanceToDialAsync(ScriptedRelay relay, int dials)
    {
        while (relay.Dials < dials)
        {
            await AdvanceToNextTimerAsync(() => relay.Dials >= dials);
        }
    }

    private async Task AdvanceUntilAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            await AdvanceToNextTimerAsync(() => task.IsCompleted);
        }
    }

    private async Task AdvanceToNextTimerAsync(Func<bool> isDone)
    {
        await Deadlines.UntilAsync(
            () => isDone() || _clock.UntilNextTimer < TimeSpan.FromHours(1), "something that waits");

        // The timer is looked at first: what was done before it was armed can then be seen, and may be enough.
        if (_clock.UntilNextTimer is { } wait && wait < TimeSpan.FromHours(1) && !isDone())
        {
            _clock.Advance(wait);
        }
    }
}

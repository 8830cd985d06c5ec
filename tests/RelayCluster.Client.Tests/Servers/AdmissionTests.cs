using System.Collections.Concurrent;
using RelayCluster.Actors.TestKit;
using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Tests.Servers;

/// <summary>What a server's firewall and backlog do, whatever the relay and the user do.</summary>
public sealed class AdmissionTests
{
    private static readonly Fixed32 Key = Blake2b.Hash("somebody"u8);

    private readonly VirtualClock _clock = new();

    [Fact]
    public async Task NoAnswerInTime_IsADeny()
    {
        var asked = new TaskCompletionSource();
        await using Scene scene = await Scene.StartAsync(_clock, new DhtServerOptions
        {
            Admit = async (_, _) =>
            {
                asked.SetResult();
                await new TaskCompletionSource().Task; // whatever the token says
                return true;
            },
        });
        await scene.Session.SendAsync(new IncomingMessage(1, 5, Key, new byte[3]));
        await asked.Task.Within();
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(new DenyMessage(1), await scene.Session.ReadAsync());
    }

    [Fact]
    public async Task TooManyAtOnce_AreDeniedUnasked()
    {
        var answers = new ConcurrentQueue<TaskCompletionSource<bool>>();
        await using Scene scene = await Scene.StartAsync(_clock, new DhtServerOptions
        {
            MaxPendingHandshakes = 2,
            Admit = async (_, _) =>
            {
                var answer = new TaskCompletionSource<bool>();
                answers.Enqueue(answer);
                return await answer.Task;
            },
        });
        for (uint id = 1; id <= 3; id++)
        {
            await scene.Session.SendAsync(new IncomingMessage(id, 5, Key, new byte[3]));
        }

        Assert.Equal(new DenyMessage(3), await scene.Session.ReadAsync());
        await Deadlines.UntilAsync(() => answers.Count == 2, "both to be asked about");
        Assert.All(answers, static answer => answer.SetResult(true));
        Assert.Equal([1u, 2u], await ReadAcceptedAsync(scene, 2));
        Assert.Equal(2, answers.Count);

        // and there is room again
        await scene.Session.SendAsync(new IncomingMessage(4, 5, Key, new byte[3]));
        await Deadlines.UntilAsync(() => answers.Count == 3, "the next one to be asked about");
        Assert.All(answers, static answer => answer.TrySetResult(true));
        Assert.Equal([4u], await ReadAcceptedAsync(scene, 1));
    }

    [Fact]
    public async Task ABacklogThatIsFull_LetsNobodyIn()
    {
        await using Scene scene = await Scene.StartAsync(_clock, new DhtServerOptions { Backlog = 1 });
        await scene.Session.SendAsync(new IncomingMessage(1, 5, Key, new byte[3]));
        Assert.Equal(new AcceptMessage(1), await scene.Session.ReadAsync());
        await scene.Session.SendAsync(new ConnectionMessage(10, 5, Key, new byte[64], 0));
        await scene.Session.ReadAsync<ConnectedMessage>();

        await scene.Session.SendAsync(new IncomingMessage(2, 5, Key, new byte[3]));
        Assert.Equal(new DenyMessage(2), await scene.Session.ReadAsync());
        await scene.Session.SendAsync(new ConnectionMessage(11, 5, Key, new byte[64], 0));
        ConnectedMessage second = await scene.Session.ReadAsync<ConnectedMessage>();
        DestroyMessage destroy = await scene.Session.ReadAsync<DestroyMessage>();
        Assert.Equal(second.Alias, destroy.Alias);

        await using DhtStream stream = await scene.Server.AcceptOneAsync();
        await scene.Session.SendAsync(new IncomingMessage(3, 5, Key, new byte[3]));
        Assert.Equal(new AcceptMessage(3), await scene.Session.ReadAsync());
    }

    [Fact]
    public async Task Close_DestroysWhatNobodyAccepted_AndDoesNotWaitForTheRelayForEver()
    {
        await using Scene scene = await Scene.StartAsync(_clock, new DhtServerOptions());
        await scene.Session.SendAsync(new ConnectionMessage(10, 5, Key, new byte[64], 0));
        ConnectedMessage connected = await scene.Session.ReadAsync<ConnectedMessage>();
        await scene.Session.SettleAsync();
        Task closing = scene.Server.CloseAsync().AsTask();
        await scene.Session.ReadAsync<CloseMessage>();
        await Deadlines.UntilAsync(() => _clock.UntilNextTimer <= TimeSpan.FromSeconds(5), "the patience");
        _clock.Advance(TimeSpan.FromSeconds(5));
        await closing.Within();
        Assert.Equal(new DestroyMessage(IsPaired: true, connected.Alias, null), await scene.Session.ReadAsync());
        Assert.Null(await scene.Server.AcceptAsync().Within());

        // while the relay goes on with it, nobody is let in
        await scene.Session.SendAsync(new IncomingMessage(3, 5, Key, new byte[3]));
        Assert.Equal(new DenyMessage(3), await scene.Session.ReadAsync());
    }

    [Fact]
    public async Task ARelayThatAsksAndTakesNoAnswers_IsGivenUp()
    {
        await using Scene scene = await Scene.StartAsync(_clock, new DhtServerOptions());
        Task<DhtStream?> accepting = scene.Server.AcceptAsync().AsTask();
        Task asking = AskForeverAsync();
        DhtException failure = await Assert.ThrowsAsync<DhtException>(accepting.Within);
        Assert.Equal(DhtError.ProtocolViolation, failure.Error);
        await Assert.ThrowsAsync<IOException>(asking.Within);

        async Task AskForeverAsync()
        {
            for (uint id = 0; ; id++)
            {
                await scene.Session.SendAsync(new IncomingMessage(id, 5, Key, new byte[3]));
            }
        }
    }

    private static async Task<IEnumerable<uint>> ReadAcceptedAsync(Scene scene, int count)
    {
        var ids = new List<uint>();
        for (int i = 0; i < count; i++)
        {
            ids.Add((await scene.Session.ReadAsync<AcceptMessage>()).Id);
        }

        return ids.Order();
    }

    /// <summary>A client with one server, which the relay calls 5.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        public required ScriptedRelay Relay { get; init; }

        public required ScriptedSession Session { get; init; }

        public required RelayedDht Node { get; init; }

        public required IDhtServer Server { get; init; }

        public static async Task<Scene> StartAsync(TimeProvider clock, DhtServerOptions options)
        {
            (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await ScriptedRelay.StartAsync(
                new RelayedDhtOptions
                {
                    TimeProvider = clock,
                    HeartbeatInterval = TimeSpan.FromDays(1),
                    SilenceTimeout = Heartbeat.DefaultTimeout + TimeSpan.FromDays(1),
                });
            Task<IDhtServer> listening = node.ListenAsync(null, options).AsTask();
            await session.ListenAsync(5);
            return new Scene { Relay = relay, Session = session, Node = node, Server = await listening.Within() };
        }

        public async ValueTask DisposeAsync()
        {
            Session.Abort();
            await Server.DisposeAsync();
            await Node.DisposeAsync();
            await Relay.DisposeAsync();
        }
    }
}

using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Actors.TestKit;
using RelayCluster.Meters;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Relay.Directory;
using RelayCluster.Relay.Policy;

namespace RelayCluster.Relay.Tests.Scenarios;

/// <summary>A relay on virtual time whose DHT and clients are the test's.</summary>
internal sealed class RelayScenario : IAsyncDisposable, ILoggerFactory, ILogger
{
    private readonly List<string> _log = [];
    private readonly MeterBook _meters = new();

    public RelayScenario(
        RelayOptions? options = null,
        FakeNode? node = null,
        Func<TimeProvider, IRelayPolicy>? policy = null,
        IServerDirectory? directory = null)
    {
        Node = node ?? new FakeNode();
        Kit = new ActorTestKit();
        Relay = new RelayServer(
            Node,
            options ?? new RelayOptions(),
            new ActorSystemOptions { TimeProvider = Kit.Clock, Dispatcher = Kit.Dispatcher },
            this,
            new RelayPorts { MeterFactory = _meters, Policy = policy?.Invoke(Kit.Clock), Directory = directory });
    }

    public ActorTestKit Kit { get; }

    public FakeNode Node { get; }

    public RelayServer Relay { get; }

    public IReadOnlyList<string> LogLines
    {
        get
        {
            lock (_log)
            {
                return [.. _log];
            }
        }
    }

    /// <summary>The errors so far, which were expected.</summary>
    public IReadOnlyList<string> TakeErrors()
    {
        lock (_log)
        {
            string[] errors = [.. _log.Where(static line => line.StartsWith("Error", StringComparison.Ordinal))];
            _log.RemoveAll(errors.Contains);
            return errors;
        }
    }

    /// <summary>The sum of what a counter was given so far.</summary>
    public double Metric(string instrument) => _meters[instrument];

    /// <summary>How many were refused of a kind and for a reason so far.</summary>
    public double Refusals(string kind, string reason) =>
        Metric($"relay.refusals{{kind={kind},reason={reason}}}");

    /// <summary>A client that is connected, and has said nothing yet.</summary>
    public TestClient Connect(
        RelayDialect dialect = RelayDialect.Hyperswarm,
        ClientOrigin? origin = null,
        CancellationToken cancellationToken = default)
    {
        (MemoryTransport client, MemoryTransport relay) = MemoryTransport.CreatePair();
        Task session = Relay.ServeAsync(relay, origin ?? ClientOrigin.Unknown, cancellationToken);
        return new TestClient(Kit, client, relay, session, dialect);
    }

    /// <summary>A client that has said hello.</summary>
    public TestClient ConnectAndGreet(
        RelayDialect dialect = RelayDialect.Hyperswarm,
        ClientOrigin? origin = null)
    {
        TestClient client = Connect(dialect, origin: origin);
        client.Handshake();
        client.Synchronize();
        return client;
    }

    /// <summary>A client that takes nothing of what its peer has sent, so that the connection to it is full.</summary>
    public (TestClient Client, FakePeer Peer) ConnectAndReadNothing()
    {
        FakePeer peer = Node.AddPeer(1);
        TestClient client = ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        foreach (int _ in Enumerable.Range(0, 400))
        {
            peer.Send(new byte[16 * 1024]);
        }

        Kit.RunUntil(() => client.Transport.IsRemoteFull, "a full connection");
        return (client, peer);
    }

    public async ValueTask DisposeAsync()
    {
        Task stop = Relay.StopAsync();
        Kit.RunUntil(() =>
        {
            // A client that does not read is cut after a while, which has to pass.
            Kit.Advance(TimeSpan.FromMilliseconds(100));
            return stop.IsCompleted;
        }, "the relay's stop");
        await Relay.DisposeAsync();
        await Kit.DisposeAsync();
        Assert.Null(Kit.Clock.UntilNextTimer);
        Assert.Equal(0, Metric("relay.sessions"));
        Assert.Equal(0, Metric("relay.sessions.paused"));
        Assert.Equal(0, Metric("relay.streams"));
        Assert.Equal(0, Metric("relay.servers"));
        Assert.Equal(0, Metric("relay.queries"));
        Assert.All(Node.Servers, static server => Assert.True(server.IsClosed));
        _meters.Dispose();
        Assert.Equal(0, Relay.SessionCount);
        Assert.DoesNotContain(LogLines, static line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider)
    {
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (_log)
        {
            _log.Add($"{logLevel}: {formatter(state, exception)} {exception}");
        }
    }

    void IDisposable.Dispose()
    {
    }
}

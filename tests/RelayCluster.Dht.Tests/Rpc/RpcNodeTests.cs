using System.Net;
using RelayCluster.Crypto;
using RelayCluster.Dht.Rpc;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Rpc;

/// <summary>The driver on real sockets of 127.0.0.1.</summary>
public sealed class RpcNodeTests : IAsyncDisposable
{
    private static readonly UdpEndPoint Nobody = UdpEndPoint.Parse("127.0.0.1:1");
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(20));
    private readonly List<RpcNode> _nodes = [];

    public async ValueTask DisposeAsync()
    {
        foreach (RpcNode node in _nodes)
        {
            await node.DisposeAsync();
        }

        _deadline.Dispose();
    }

    [Fact]
    public async Task Eight_nodes_join_and_find_each_other()
    {
        await StartDhtAsync(8);

        foreach (RpcNode node in _nodes)
        {
            RpcQuery query = _nodes[^1].FindNode(node.Id!.Value);
            await query.RunAsync(_deadline.Token);
            if (node != _nodes[^1])
            {
                Assert.Equal(node.LocalEndPoint, query.ClosestReplies[0].From);
            }

            Assert.Equal(7, query.ClosestReplies.Count);
            Assert.Equal(node.LocalEndPoint, node.RemoteAddress);
            Assert.False(node.IsEphemeral);
        }
    }

    [Fact]
    public async Task A_ping_tells_who_answers_and_how_we_are_seen()
    {
        await StartDhtAsync(1);
        RpcNode asker = await StartAsync(ephemeral: true);

        RpcReply reply = await asker.PingAsync(_nodes[0].LocalEndPoint, cancellationToken: _deadline.Token);

        Assert.Equal(_nodes[0].Id, reply.FromId);
        Assert.Equal(asker.LocalEndPoint, reply.To);
        Assert.Equal(asker.LocalEndPoint, asker.PublicEndPoint);
        Assert.Null(asker.Id);
    }

    [Fact]
    public async Task A_request_is_answered_by_the_layer_above_from_another_thread()
    {
        var handler = new RecordingHandler
        {
            Answer = static request =>
            {
                _ = Task.Run(() => request.Reply(request.Value));
                return true;
            },
        };
        RpcNode server = await StartAsync(ephemeral: false, handler: handler);
        RpcNode client = await StartAsync(ephemeral: true);

        RpcReply reply = await client.RequestAsync(
            server.LocalEndPoint,
            new RpcRequest(7, Value: new byte[] { 1, 2, 3 }),
            _deadline.Token);

        Assert.Equal([1, 2, 3], reply.Value!.Value.ToArray());
        Assert.NotNull(reply.Token);
    }

    [Fact]
    public async Task A_handed_on_request_comes_back_the_way_round_to_the_asker()
    {
        const uint FromClient = 1;
        const uint FromServer = 2;
        UdpEndPoint? client = null;
        var server = new RecordingHandler
        {
            Answer = static request =>
            {
                request.Relay(new byte[] { (byte)FromServer }, request.From);
                return true;
            },
        };
        RpcNode far = await StartAsync(ephemeral: false, handler: server);
        var relay = new RecordingHandler
        {
            Answer = request =>
            {
                if (request.Value!.Value.Span[0] == FromClient)
                {
                    client = request.From;
                    request.Relay(new byte[] { (byte)FromClient }, far.LocalEndPoint);
                }
                else
                {
                    request.Reply(new byte[] { 42 }, to: client);
                }

                return true;
            },
        };
        RpcNode middle = await StartAsync(ephemeral: false, handler: relay);
        RpcNode asker = await StartAsync(ephemeral: true);

        RpcReply reply = await asker.RequestAsync(
            middle.LocalEndPoint,
            new RpcRequest(0, Blake2b.Hash([1]), new byte[] { (byte)FromClient }),
            _deadline.Token);

        Assert.Equal([42], reply.Value!.Value.ToArray());
        Assert.Equal(middle.LocalEndPoint, reply.From);
    }

    [Fact]
    public async Task A_query_commits_at_the_closest_nodes()
    {
        const uint Get = 20;
        const uint Put = 21;
        int stored = 0;
        var handler = new RecordingHandler
        {
            Answer = request =>
            {
                if (request.Command == Put && request.Token is not null)
                {
                    Interlocked.Increment(ref stored);
                }

                request.Reply(null);
                return true;
            },
        };
        await StartDhtAsync(5, handler);
        RpcNode asker = await StartAsync(ephemeral: true, _nodes[0]);
        Fixed32 target = Blake2b.Hash([1]);

        RpcQuery query = asker.Query(new RpcRequest(Get, target), new RpcQueryOptions
        {
            Commit = (reply, ct) => asker.RequestAsync(
                reply.From,
                new RpcRequest(Put, target, Token: reply.Token),
                ct),
        });
        await query.RunAsync(_deadline.Token);

        Assert.Equal(5, stored);
        Assert.Equal(5, query.ClosestReplies.Count);
    }

    [Fact]
    public async Task A_commit_round_that_fails_everywhere_fails_the_query()
    {
        await StartDhtAsync(2);
        RpcQuery query = _nodes[1].FindNode(Blake2b.Hash([1]), new RpcQueryOptions
        {
            Commit = static (_, _) => throw new DhtException(DhtError.PeerNotFound),
        });

        DhtException failure = await Assert.ThrowsAsync<DhtException>(() => query.RunAsync(_deadline.Token));

        Assert.Equal(DhtError.PeerNotFound, failure.Error);
    }

    [Fact]
    public async Task A_commit_round_without_anybody_fails_the_query()
    {
        RpcNode lonely = await StartAsync(ephemeral: false);
        RpcQuery query = lonely.FindNode(
            Blake2b.Hash([1]),
            new RpcQueryOptions { Commit = static (_, _) => Task.CompletedTask });

        await Assert.ThrowsAsync<DhtException>(() => query.RunAsync(_deadline.Token));
    }

    [Fact]
    public async Task A_request_to_nobody_times_out()
    {
        RpcNode node = await StartAsync(ephemeral: true);

        DhtException failure = await Assert.ThrowsAsync<DhtException>(
            () => node.RequestAsync(
                Nobody,
                new RpcRequest(0) { Retries = 0, Timeout = TimeSpan.FromMilliseconds(50) },
                _deadline.Token));

        Assert.Equal(DhtError.RequestTimeout, failure.Error);
        Assert.Equal("REQUEST_TIMEOUT: Request timed out", failure.Message);
    }

    [Fact]
    public async Task A_request_can_be_cancelled()
    {
        RpcNode node = await StartAsync(ephemeral: true);
        using var cancelling = new CancellationTokenSource();
        Task<RpcReply> request = node.RequestAsync(Nobody, new RpcRequest(0), cancelling.Token);

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Fact]
    public async Task Leaving_a_query_early_cancels_it_and_the_node_lives_on()
    {
        await StartDhtAsync(4);
        await foreach (RpcReply reply in _nodes[0].FindNode(Blake2b.Hash([1])).WithCancellation(_deadline.Token))
        {
            Assert.Equal(0u, reply.Error);
            break;
        }

        RpcReply pong = await _nodes[0].PingAsync(_nodes[1].LocalEndPoint, cancellationToken: _deadline.Token);
        Assert.Equal(_nodes[1].Id, pong.FromId);
    }

    [Fact]
    public async Task A_query_is_read_once()
    {
        RpcNode node = await StartAsync(ephemeral: false);
        RpcQuery query = node.FindNode(Blake2b.Hash([1]));
        await query.RunAsync(_deadline.Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => query.RunAsync(_deadline.Token));
    }

    [Fact]
    public async Task Disposing_ends_what_waits()
    {
        RpcNode node = await StartAsync(ephemeral: true);
        Task<RpcReply> before = node.RequestAsync(Nobody, new RpcRequest(0), _deadline.Token);

        await node.DisposeAsync();

        foreach (Func<Task> wait in new Func<Task>[]
        {
            () => before,
            () => node.PingAsync(Nobody, cancellationToken: _deadline.Token),
            () => node.FindNode(Blake2b.Hash([1])).RunAsync(_deadline.Token),
            () => node.GetRecentNodesAsync(1),
        })
        {
            DhtException failure = await Assert.ThrowsAsync<DhtException>(wait);
            Assert.Equal(DhtError.NodeDestroyed, failure.Error);
        }
    }

    [Fact]
    public async Task Names_of_bootstrap_nodes_are_looked_up()
    {
        await StartDhtAsync(1);
        RpcNode node = Start(new RpcNodeOptions
        {
            BindAddress = new IPEndPoint(IPAddress.Loopback, 0),
            Bootstrap = [new BootstrapAddress(null, "localhost", _nodes[0].LocalEndPoint.Port)],
        });

        await node.Bootstrapped.WaitAsync(_deadline.Token);

        Assert.Equal(1, node.NodeCount);
        Assert.Equal([_nodes[0].LocalEndPoint], await node.GetRecentNodesAsync(5));
    }

    [Fact]
    public async Task A_value_that_fits_no_datagram_is_the_callers_mistake()
    {
        RpcNode node = await StartAsync(ephemeral: true);

        await Assert.ThrowsAsync<ArgumentException>(
            () => node.RequestAsync(Nobody, new RpcRequest(0, Value: new byte[RpcNode.MaxValueBytes + 1])));
    }

    private async Task StartDhtAsync(int count, IRpcRequestHandler? handler = null)
    {
        for (int i = 0; i < count; i++)
        {
            await StartAsync(ephemeral: false, _nodes.FirstOrDefault(), handler);
        }
    }

    private async Task<RpcNode> StartAsync(
        bool ephemeral,
        RpcNode? bootstrap = null,
        IRpcRequestHandler? handler = null)
    {
        RpcNode node = Start(
            new RpcNodeOptions
            {
                BindAddress = new IPEndPoint(IPAddress.Loopback, 0),
                Ephemeral = ephemeral,
                Bootstrap = bootstrap is null ? [] : [BootstrapAddress.At(bootstrap.LocalEndPoint.ToIPEndPoint())],
            },
            handler);
        await node.Bootstrapped.WaitAsync(_deadline.Token);
        return node;
    }

    private RpcNode Start(RpcNodeOptions options, IRpcRequestHandler? handler = null)
    {
        RpcNode node = RpcNode.Start(options, handler ?? new RecordingHandler());
        _nodes.Add(node);
        return node;
    }
}

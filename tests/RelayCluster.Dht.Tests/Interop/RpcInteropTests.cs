using System.Net;
using System.Text;
using System.Text.Json;
using RelayCluster.Crypto;
using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Tests.Rpc;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Interop;

/// <summary>Against npm dht-rpc, in both roles, over loopback.</summary>
public sealed class RpcInteropTests : IAsyncDisposable
{
    private const uint Reverse = 7;
    private const uint Fail = 8;
    private const uint HandOn = 9;
    private const uint Get = 20;
    private const uint Put = 21;

    private static readonly Fixed32 Target = Blake2b.Hash([1]);
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly Stack<IAsyncDisposable> _nodes = new();

    public async ValueTask DisposeAsync()
    {
        while (_nodes.TryPop(out IAsyncDisposable? node))
        {
            await node.DisposeAsync();
        }

        _deadline.Dispose();
    }

    [Fact]
    public async Task Our_requests_are_understood()
    {
        RpcPeer peer = await StartPeerAsync();
        RpcNode node = await StartNodeAsync(peer.EndPoint, ephemeral: true);

        RpcReply pong = await node.PingAsync(peer.EndPoint, cancellationToken: _deadline.Token);
        RpcReply reversed = await AskAsync(node, peer, new RpcRequest(Reverse, Target, "abc"u8.ToArray()));
        RpcReply failed = await AskAsync(node, peer, new RpcRequest(Fail, Target));
        RpcReply unknown = await AskAsync(node, peer, new RpcRequest(RpcCommand.DelayedPing + 1) { IsInternal = true });

        Assert.Equal(peer.Id, pong.FromId);
        Assert.Equal(node.LocalEndPoint, pong.To);
        Assert.Equal("cba"u8.ToArray(), reversed.Value!.Value.ToArray());
        Assert.NotNull(reversed.Token);
        Assert.Equal(300u, failed.Error);
        Assert.Equal(RpcErrorCode.UnknownCommand, unknown.Error);
    }

    [Fact]
    public async Task Tokens_are_exchanged_both_ways()
    {
        RpcPeer peer = await StartPeerAsync();
        RpcNode node = await StartNodeAsync(peer.EndPoint, ephemeral: true);
        RpcReply first = await AskAsync(node, peer, new RpcRequest(Get, Target));

        RpcReply refused = await AskAsync(node, peer, new RpcRequest(Put, Target, "x"u8.ToArray(), Token: Target));
        RpcReply stored = await AskAsync(node, peer, new RpcRequest(Put, Target, "x"u8.ToArray(), first.Token));
        RpcReply found = await AskAsync(node, peer, new RpcRequest(Get, Target));

        Assert.Equal(RpcErrorCode.InvalidToken, refused.Error);
        Assert.NotNull(refused.Token);
        Assert.Equal(0u, stored.Error);
        Assert.Equal("x"u8.ToArray(), found.Value!.Value.ToArray());
    }

    [Fact]
    public async Task Their_requests_are_answered()
    {
        var handler = new RecordingHandler
        {
            Answer = static request =>
            {
                request.Reply(request.Value);
                return request.Command == Get;
            },
        };
        RpcNode node = await StartNodeAsync(null, ephemeral: false, handler);
        RpcPeer peer = await StartPeerAsync(node.LocalEndPoint);
        object to = RpcPeer.Address(node.LocalEndPoint);

        JsonElement pong = await peer.DoAsync(new { @do = "ping", to });
        JsonElement delayed = await peer.DoAsync(new { @do = "delayedPing", to, ms = 20 });
        JsonElement echo = await peer.DoAsync(
            new { @do = "request", to, command = Get, target = Target.ToString(), value = "c0ffee" });
        JsonElement refused = await peer.DoAsync(
            new { @do = "request", to, command = Get, token = Target.ToString() });

        Assert.Equal(node.Id.ToString(), pong.GetProperty("id").GetString());
        Assert.Equal(peer.EndPoint.ToString(), pong.GetProperty("to").GetString());
        Assert.Equal(node.Id.ToString(), delayed.GetProperty("id").GetString());
        Assert.Equal("c0ffee", echo.GetProperty("value").GetString());
        Assert.NotNull(echo.GetProperty("token").GetString());
        Assert.Equal(RpcErrorCode.InvalidToken, refused.GetProperty("error").GetUInt32());
    }

    [Fact]
    public async Task A_javascript_node_joins_a_dht_of_ours_and_both_list_each_other()
    {
        RpcNode node = await StartNodeAsync(null, ephemeral: false);
        RpcPeer peer = await StartPeerAsync(node.LocalEndPoint);

        JsonElement known = await peer.DoAsync(new { @do = "nodes" });

        Assert.NotNull(peer.Id);
        Assert.Equal(NodeId.Of(peer.EndPoint), peer.Id);
        Assert.Equal(node.LocalEndPoint.Port, Assert.Single(known.EnumerateArray()).GetProperty("port").GetInt32());
        Assert.Equal([peer.EndPoint], await node.GetRecentNodesAsync(10));
    }

    [Fact]
    public async Task An_ephemeral_firewalled_javascript_node_uses_us_and_is_not_listed()
    {
        RpcNode node = await StartNodeAsync(null, ephemeral: false);
        RpcPeer peer = await StartPeerAsync(node.LocalEndPoint, ephemeral: true);

        JsonElement found = await peer.DoAsync(new { @do = "findNode", target = Target.ToString() });

        Assert.Null(peer.Id);
        Assert.Equal(
            node.LocalEndPoint.ToString(),
            Assert.Single(found.GetProperty("closest").EnumerateArray()).GetProperty("from").GetString());
        Assert.Equal(0, node.NodeCount);
    }

    [Fact]
    public async Task In_a_mixed_dht_what_one_kind_stores_the_other_finds()
    {
        RpcPeer first = await StartPeerAsync();
        var handler = new StoringHandler();
        for (int i = 0; i < 3; i++)
        {
            await StartNodeAsync(first.EndPoint, ephemeral: false, handler);
        }

        RpcPeer second = await StartPeerAsync(first.EndPoint);
        RpcNode asker = await StartNodeAsync(first.EndPoint, ephemeral: true);
        Fixed32 ours = Blake2b.Hash("ours"u8);
        Fixed32 theirs = Blake2b.Hash("theirs"u8);

        await asker.Query(new RpcRequest(Get, ours), new RpcQueryOptions
        {
            Commit = (reply, ct) => asker.RequestAsync(
                reply.From,
                new RpcRequest(Put, ours, "by us"u8.ToArray(), reply.Token),
                ct),
        }).RunAsync(_deadline.Token);
        await second.DoAsync(new
        {
            @do = "query",
            command = Get,
            target = theirs.ToString(),
            value = Convert.ToHexStringLower("by them"u8),
            commit = Put,
        });

        JsonElement found = await second.DoAsync(new { @do = "query", command = Get, target = ours.ToString() });
        string[] byThem = [.. found.GetProperty("values").EnumerateArray().Select(static v => v.GetString()!)];
        List<string> byUs = [];
        await foreach (RpcReply reply in asker.Query(new RpcRequest(Get, theirs)).WithCancellation(_deadline.Token))
        {
            byUs.AddRange(reply.Value is { } value ? [Encoding.UTF8.GetString(value.Span)] : Array.Empty<string>());
        }

        // A JavaScript node does not store at itself, so four of the five nodes have what it stored.
        Assert.Equal(Enumerable.Repeat(Convert.ToHexStringLower("by us"u8), 4), byThem);
        Assert.Equal(Enumerable.Repeat("by them", 4), byUs);
    }

    [Fact]
    public async Task A_javascript_node_hands_requests_on_to_us_and_answers_go_round()
    {
        RpcPeer peer = await StartPeerAsync();
        var handler = new RecordingHandler
        {
            Answer = static request =>
            {
                // The value that the JavaScript node gave to the handed on request: who asked it.
                var asker = UdpEndPoint.Parse(Encoding.UTF8.GetString(request.Value!.Value.Span));
                request.Reply("round"u8.ToArray(), to: asker);
                return true;
            },
        };
        RpcNode server = await StartNodeAsync(null, ephemeral: false, handler);
        RpcPeer asker = await StartPeerAsync(peer.EndPoint);

        // dht-rpc takes an answer from anywhere, by its number alone; ours would not (see RequestTable).
        JsonElement reply = await asker.DoAsync(new
        {
            @do = "request",
            to = RpcPeer.Address(peer.EndPoint),
            command = HandOn,
            target = Target.ToString(),
            value = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(server.LocalEndPoint.ToString())),
        });

        Assert.Equal(Convert.ToHexStringLower("round"u8), reply.GetProperty("value").GetString());
        Assert.Equal(server.LocalEndPoint.ToString(), reply.GetProperty("from").GetString());
        Assert.Equal(peer.EndPoint, Assert.Single(handler.Requests).From);
    }

    private async Task<RpcReply> AskAsync(RpcNode node, RpcPeer peer, RpcRequest request) =>
        await node.RequestAsync(peer.EndPoint, request, _deadline.Token);

    private async Task<RpcPeer> StartPeerAsync(UdpEndPoint? bootstrap = null, bool ephemeral = false)
    {
        RpcPeer peer = await RpcPeer.StartAsync(_deadline.Token, bootstrap, ephemeral);
        _nodes.Push(peer);
        return peer;
    }

    private async Task<RpcNode> StartNodeAsync(
        UdpEndPoint? bootstrap,
        bool ephemeral,
        IRpcRequestHandler? handler = null)
    {
        var options = new RpcNodeOptions
        {
            BindAddress = new IPEndPoint(IPAddress.Loopback, 0),
            Ephemeral = ephemeral,
            Bootstrap = bootstrap is { } first ? [BootstrapAddress.At(first.ToIPEndPoint())] : [],
        };
        RpcNode node = RpcNode.Start(options, handler ?? new RecordingHandler());
        _nodes.Push(node);
        await node.Bootstrapped.WaitAsync(_deadline.Token);
        return node;
    }

    /// <summary>Stores and gives, each node for itself: requests tell their node by how they address it.</summary>
    private sealed class StoringHandler : IRpcRequestHandler
    {
        private readonly Dictionary<(UdpEndPoint, Fixed32), ReadOnlyMemory<byte>> _stored = [];

        public bool TryHandleRequest(IncomingRequest request)
        {
            lock (_stored)
            {
                var key = (request.To, request.Target!.Value);
                if (request.Command == Put && request.Token is not null)
                {
                    _stored[key] = request.Value!.Value;
                }

                request.Reply(request.Command == Get && _stored.TryGetValue(key, out var value) ? value : null);
            }

            return true;
        }
    }
}

using System.Collections.Concurrent;
using RelayCluster.Dht.Hyper;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Serving;
using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Tests.Hyper.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Serving;

/// <summary>Nodes that store one server's announcement, if they are there and it is signed for them.</summary>
internal sealed class FakeAnnounceNetwork : IAnnounceNetwork
{
    private readonly ConcurrentDictionary<UdpEndPoint, bool> _holders = new();

    /// <summary>How the nodes see the server.</summary>
    public static UdpEndPoint SeenAs { get; } = UdpEndPoint.Parse("10.9.9.9:999");

    /// <summary>The nodes that reply, closest first.</summary>
    public volatile byte[] Nodes = [1, 2, 3, 4];

    /// <summary>What comes of a request before it is answered.</summary>
    public Func<RpcRequest, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>How many pings there were.</summary>
    public int Pings;

    /// <summary>How many searches there were.</summary>
    public int Searches;

    /// <summary>The nodes that hold the announcement.</summary>
    public IEnumerable<byte> Holders => _holders.Keys.Select(e => (byte)e.Address).Order();

    /// <summary>What the last search began with.</summary>
    public IReadOnlyList<UdpEndPoint> Began { get; private set; } = [];

    public static UdpEndPoint EndPoint(byte number) => new(0x0a000000u + number, 1000);

    public Task<IReadOnlyList<RpcReply>> FindClosestAsync(
        Fixed32 target,
        IReadOnlyList<UdpEndPoint> nodes,
        CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Searches);
        Began = nodes;
        return Task.FromResult<IReadOnlyList<RpcReply>>([.. Nodes.Select(n => Reply(EndPoint(n)))]);
    }

    public async Task<RpcReply?> RequestAsync(
        UdpEndPoint to,
        RpcRequest request,
        CancellationToken cancellationToken)
    {
        await Before(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (!Nodes.Contains((byte)to.Address))
        {
            return null;
        }

        if (request.IsInternal)
        {
            Interlocked.Increment(ref Pings);
            return Reply(to);
        }

        switch (request.Command)
        {
            case HyperCommand.Announce:
                Assert.True(IsSigned(HyperNamespace.Announce, to, request));
                _holders[to] = true;
                return Reply(to);
            case HyperCommand.Unannounce:
                Assert.True(IsSigned(HyperNamespace.Unannounce, to, request));
                Assert.True(_holders.TryRemove(to, out _));
                return Reply(to);
            default:
                return Reply(to) with { Value = _holders.ContainsKey(to) ? new byte[] { 1 } : null };
        }
    }

    private static bool IsSigned(Fixed32 scope, UdpEndPoint at, RpcRequest request) =>
        AnnounceMessage.TryRead(request.Value!.Value.Span, out AnnounceMessage message)
        && request.Token == Reply(at).Token
        && AnnounceSignature.Verify(
            scope,
            request.Target!.Value,
            request.Token!.Value,
            Reply(at).FromId!.Value,
            message.Peer!,
            message.Refresh,
            message.Signature);

    private static RpcReply Reply(UdpEndPoint from) => new()
    {
        From = from,
        FromId = Requests.Key((byte)from.Address),
        Token = Requests.Key((byte)(from.Address + 100)),
        To = SeenAs,
    };
}

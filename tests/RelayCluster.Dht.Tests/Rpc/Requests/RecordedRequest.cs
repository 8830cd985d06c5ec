using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Rpc.Requests;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Rpc.Requests;

/// <summary>A request that remembers how it went.</summary>
internal sealed class RecordedRequest(UdpEndPoint to, RpcRequest request) : InFlightRequest(to, request)
{
    public RpcReply? Reply { get; private set; }

    public RequestFailure? Failure { get; private set; }

    public int TimesSlow { get; private set; }

    public override void HandleReply(TimeSpan now, RpcReply reply)
    {
        Assert.Null(Reply);
        Assert.Null(Failure);
        Reply = reply;
    }

    public override void HandleFailure(TimeSpan now, RequestFailure failure)
    {
        Assert.Null(Reply);
        Assert.Null(Failure);
        Failure = failure;
    }

    public override void HandleSlow(TimeSpan now) => TimesSlow++;
}

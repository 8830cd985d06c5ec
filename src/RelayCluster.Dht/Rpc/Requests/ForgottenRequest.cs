using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Rpc.Requests;

/// <summary>A request whose outcome nobody waits for.</summary>
internal sealed class ForgottenRequest(UdpEndPoint to, RpcRequest request) : InFlightRequest(to, request)
{
    public override void HandleReply(TimeSpan now, RpcReply reply)
    {
    }

    public override void HandleFailure(TimeSpan now, RequestFailure failure)
    {
    }
}

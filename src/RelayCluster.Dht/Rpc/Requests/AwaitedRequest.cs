using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Rpc.Requests;

/// <summary>A request that a task waits for.</summary>
internal sealed class AwaitedRequest(UdpEndPoint to, RpcRequest request) : InFlightRequest(to, request)
{
    private readonly TaskCompletionSource<RpcReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<RpcReply> Reply => _reply.Task;

    public override void HandleReply(TimeSpan now, RpcReply reply) => _reply.TrySetResult(reply);

    public override void HandleFailure(TimeSpan now, RequestFailure failure) => Fail(failure);

    /// <summary>Ends the wait, from any thread.</summary>
    public void Fail(RequestFailure failure) => _reply.TrySetException(failure switch
    {
        RequestFailure.NodeClosed => new DhtException(DhtError.NodeDestroyed),
        RequestFailure.TooMany => new DhtException(
            DhtError.RequestTimeout,
            $"{RequestTable.MaxInFlight} requests are under way already"),
        _ => new DhtException(DhtError.RequestTimeout),
    });

    /// <summary>Ends the wait because the caller gave it up, from any thread.</summary>
    public void Cancel(CancellationToken cancellationToken) => _reply.TrySetCanceled(cancellationToken);
}

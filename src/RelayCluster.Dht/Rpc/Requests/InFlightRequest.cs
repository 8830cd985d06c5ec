using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Rpc.Requests;

/// <summary>
/// A request under way. Those who send requests derive from it to hear how it goes; exactly one of
/// <see cref="HandleReply"/> and <see cref="HandleFailure"/> is called, once.
/// </summary>
internal abstract class InFlightRequest
{
    protected InFlightRequest(UdpEndPoint to, RpcRequest request)
    {
        To = to;
        Request = request;
    }

    public UdpEndPoint To { get; }

    public RpcRequest Request { get; }

    /// <summary>The number that the reply will repeat; given by the table.</summary>
    public ushort TransactionId { get; set; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; }

    public TimeSpan FirstSentAt { get; set; }

    /// <summary>When the wait for a reply to the last sending ends; null while it waits to be sent.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>Whether it was answered or given up.</summary>
    public bool IsDone { get; set; }

    public abstract void HandleReply(TimeSpan now, RpcReply reply);

    public abstract void HandleFailure(TimeSpan now, RequestFailure failure);

    /// <summary>One of its sendings had no reply in time; it may be sent again.</summary>
    public virtual void HandleSlow(TimeSpan now)
    {
    }
}

using RelayCluster.Dht.Rpc;

namespace RelayCluster.Dht.Tests.Rpc;

/// <summary>A layer above that keeps what it is asked, and answers as it is told to.</summary>
internal sealed class RecordingHandler : IRpcRequestHandler
{
    public List<IncomingRequest> Requests { get; } = [];

    /// <summary>What it does with a request; false from it says that the command is unknown.</summary>
    public Func<IncomingRequest, bool> Answer { get; set; } = static _ => true;

    public bool TryHandleRequest(IncomingRequest request)
    {
        Requests.Add(request);
        return Answer(request);
    }
}

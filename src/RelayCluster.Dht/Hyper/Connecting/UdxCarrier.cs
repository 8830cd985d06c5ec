using System.IO.Pipelines;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>A UDX stream that is connected.</summary>
internal sealed class UdxCarrier(UdxStream stream) : ICarrier
{
    public IDuplexPipe Pipe => stream.Pipe;

    public Task<UdxStreamOutcome> Completion => stream.Completion;

    public void Destroy() => stream.Destroy();
}

using System.IO.Pipelines;

namespace RelayCluster.Protocol.Tests.Transports;

/// <summary>One end of two pipes.</summary>
internal sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe
{
    public static (IDuplexPipe Client, IDuplexPipe Relay) CreatePair()
    {
        var toRelay = new Pipe();
        var toClient = new Pipe();
        return (new DuplexPipe(toClient.Reader, toRelay.Writer), new DuplexPipe(toRelay.Reader, toClient.Writer));
    }
}

using System.IO.Pipelines;

namespace RelayCluster.Udx.Streams;

/// <summary>The application's ends of a stream's two pipes.</summary>
internal sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;
}

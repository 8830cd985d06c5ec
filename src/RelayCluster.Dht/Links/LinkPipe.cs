using System.IO.Pipelines;

namespace RelayCluster.Dht.Links;

/// <summary>One side's ends of two pipes.</summary>
internal sealed class LinkPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;
}

using System.IO.Pipelines;

namespace RelayCluster.Dht.Links;

/// <summary>One side's ends of two pipes.</summary>
internal sealed class LinkPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    /// <summary>A pipe that pauses its writer at so many bytes.</summary>
    public static Pipe CreateHalf(int bufferBytes) => new(new PipeOptions(
        pauseWriterThreshold: bufferBytes,
        resumeWriterThreshold: Math.Max(1, bufferBytes / 2),
        useSynchronizationContext: false));

    public PipeReader Input => input;

    public PipeWriter Output => output;
}

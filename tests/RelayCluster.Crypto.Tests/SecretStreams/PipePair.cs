using System.IO.Pipelines;

namespace RelayCluster.Crypto.Tests.SecretStreams;

/// <summary>Two ends of a transport that is two pipes.</summary>
internal sealed class PipePair
{
    internal PipePair(int pauseThreshold = 64 * 1024)
    {
        var options = new PipeOptions(pauseWriterThreshold: pauseThreshold, resumeWriterThreshold: pauseThreshold / 2);
        var toResponder = new Pipe(options);
        var toInitiator = new Pipe(options);
        Initiator = new End(toInitiator.Reader, toResponder.Writer);
        Responder = new End(toResponder.Reader, toInitiator.Writer);
    }

    internal IDuplexPipe Initiator { get; }

    internal IDuplexPipe Responder { get; }

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

using System.IO.Pipelines;

namespace RelayCluster.Cluster.Connections.InProcess;

/// <summary>One end of a line within a process: the two ends share two pipes, and whether they were cut.</summary>
internal sealed class PipedLine : INodeLine
{
    private const int BufferBytes = 64 * 1024;

    private readonly PipedReader _input;
    private readonly PipedWriter _output;
    private PipedLine? _other;
    private volatile bool _isCut;

    private PipedLine(Pipe incoming, Pipe outgoing)
    {
        _input = new PipedReader(incoming.Reader, this);
        _output = new PipedWriter(outgoing.Writer, this);
    }

    public PipeReader Input => _input;

    public PipeWriter Output => _output;

    /// <summary>Runs when it is disposed.</summary>
    public Action? OnEnd { get; set; }

    /// <summary>Two ends of a new line.</summary>
    public static (PipedLine Near, PipedLine Far) CreatePair()
    {
        var options = new PipeOptions(
            pauseWriterThreshold: BufferBytes,
            resumeWriterThreshold: BufferBytes / 2,
            useSynchronizationContext: false);
        Pipe one = new(options);
        Pipe two = new(options);
        var near = new PipedLine(one, two);
        var far = new PipedLine(two, one) { _other = near };
        near._other = far;
        return (near, far);
    }

    /// <summary>What is said of a line that was cut.</summary>
    public void ThrowIfCut()
    {
        if (_isCut)
        {
            throw new IOException("the line was cut");
        }
    }

    public void Abort()
    {
        _isCut = true;
        _other!._isCut = true;
        Wake();
        _other.Wake();
    }

    public async ValueTask DisposeAsync()
    {
        await _output.CompleteAsync().ConfigureAwait(false);
        await _input.CompleteAsync().ConfigureAwait(false);
        OnEnd?.Invoke();
    }

    /// <summary>
    /// Calls that wait see the cut. The pipes are not completed for that: it would be under the hands of whoever is at
    /// them.
    /// </summary>
    private void Wake()
    {
        _input.CancelPendingRead();
        _output.CancelPendingFlush();
    }
}

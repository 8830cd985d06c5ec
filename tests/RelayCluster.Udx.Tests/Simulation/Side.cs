using System.Buffers;
using System.IO.Pipelines;
using RelayCluster.Udx.Recovery;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Udx.Tests.Simulation;

/// <summary>One machine with its pipes, and an application that writes and reads as the test wants.</summary>
internal sealed class Side
{
    private readonly OutputWriter _output;
    private readonly InputReader _input;
    private readonly Queue<byte[]> _unwritten = new();
    private Task _flush = Task.CompletedTask;
    private bool _endsAfter;
    private bool _isWoken;

    public Side(UdxStreamOptions? options = null, ICongestionController? congestion = null)
    {
        options ??= new UdxStreamOptions();
        var input = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var output = new Pipe(new PipeOptions(
            pauseWriterThreshold: options.SendBufferBytes,
            resumeWriterThreshold: options.SendBufferBytes / 2,
            writerScheduler: PipeScheduler.Inline,
            readerScheduler: PipeScheduler.Inline));
        _input = new InputReader(input.Reader, () => _isWoken = true);
        _output = new OutputWriter(output.Writer, () => _isWoken = true, () => { });
        Congestion = congestion ?? new CubicController();
        Machine = new StreamMachine(
            options, new SendBuffer(output.Reader, _output), new ReceiveBuffer(input.Writer, _input), Congestion);
    }

    public StreamMachine Machine { get; }

    public ICongestionController Congestion { get; }

    /// <summary>Everything read so far.</summary>
    public ArrayBufferWriter<byte> Received { get; } = new();

    public bool HasReadEnd { get; private set; }

    public Exception? ReadError { get; private set; }

    /// <summary>Whether the application reads what comes.</summary>
    public bool IsReading { get; set; } = true;

    /// <summary>Whether a flush is waiting for room.</summary>
    public bool IsBlocked => !_flush.IsCompleted;

    public void Write(params byte[][] chunks)
    {
        foreach (byte[] chunk in chunks)
        {
            _unwritten.Enqueue(chunk);
        }
    }

    public void End() => _endsAfter = true;

    /// <summary>Completes the output with an error; that this destroys the machine is the test's to do.</summary>
    public void Abort() => _output.Complete(new IOException("aborted"));

    public void CompleteInput() => _input.Complete();

    /// <summary>What the application does between two turns of the loop.</summary>
    public void RunApplication(TimeSpan now)
    {
        while (!IsBlocked && _unwritten.TryDequeue(out byte[]? chunk))
        {
            _flush = _output.WriteAsync(chunk).AsTask();
        }

        if (_endsAfter && !IsBlocked && _unwritten.Count == 0)
        {
            _endsAfter = false;
            _output.Complete();
        }

        if (IsReading && !HasReadEnd && ReadError is null)
        {
            Read();
        }

        if (_isWoken)
        {
            _isWoken = false;
            Machine.HandleOutput(now);
            Machine.HandleInputRead();
        }
    }

    private void Read()
    {
        try
        {
            while (!HasReadEnd && _input.TryRead(out ReadResult read))
            {
                foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                {
                    Received.Write(piece.Span);
                }

                HasReadEnd = read.IsCompleted;
                _input.AdvanceTo(read.Buffer.End);
            }
        }
        catch (IOException error)
        {
            ReadError = error;
        }
    }
}

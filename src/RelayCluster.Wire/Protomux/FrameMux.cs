namespace RelayCluster.Wire.Protomux;

/// <summary>
/// What the muxers of both generations have in common: frames go in and come out, and what a frame says comes as
/// events, read one by one.
/// </summary>
/// <typeparam name="TEvent">What the muxer tells.</typeparam>
public abstract class FrameMux<TEvent>
    where TEvent : struct
{
    private protected readonly FrameWriter _output;
    private protected readonly Queue<TEvent> _events = new();
    private protected FrameCursor _input;

    private protected FrameMux(MuxGeneration generation, MuxOptions options)
    {
        _input = new FrameCursor(generation);
        _output = new FrameWriter(generation, options.MaxBatchBytes);
    }

    /// <summary>Bytes of frames that wait to be taken.</summary>
    public int BufferedBytes => _output.BufferedBytes;

    /// <summary>Whether a frame was handed in whose events are not all read.</summary>
    public bool IsReading => !_input.IsAtEnd || _events.Count > 0;

    /// <summary>Takes the next frame. An empty one is a keep-alive and says nothing.</summary>
    /// <exception cref="InvalidOperationException">Events of the frame before are left.</exception>
    public void HandleFrame(ReadOnlyMemory<byte> frame)
    {
        if (!_input.IsAtEnd)
        {
            throw new InvalidOperationException("the frame before has messages left");
        }

        _input.Begin(frame);
    }

    /// <summary>The next event; false when the frame is read to its end and may go.</summary>
    /// <exception cref="ProtocolException">The frame is malformed, or the other side goes beyond a limit.</exception>
    public abstract bool TryReadEvent(out TEvent told);

    /// <summary>The next frame to send, which the caller then owns.</summary>
    public bool TryTakeFrame(out PooledBuffer frame) => _output.TryTake(out frame);

    /// <summary>Gathers the messages that follow into one frame; corks nest.</summary>
    public void Cork() => _output.Cork();

    /// <summary>Ends one cork.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public void Uncork() => _output.Uncork();

    /// <summary>Forgets the frame and all that would go out; what was open tells that it is closed.</summary>
    public abstract void Destroy();
}

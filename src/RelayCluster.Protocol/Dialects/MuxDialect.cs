using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Protocol.Dialects;

/// <summary>A dialect on a muxer: what does not depend on the muxer's generation.</summary>
/// <typeparam name="TMux">The muxer.</typeparam>
/// <typeparam name="TEvent">What the muxer tells.</typeparam>
internal abstract class MuxDialect<TMux, TEvent>(TMux mux) : IDialect
    where TMux : FrameMux<TEvent>
    where TEvent : struct
{
    public int BufferedBytes => Mux.BufferedBytes;

    public abstract bool IsClosed { get; }

    public bool IsFrameRead => !Mux.IsReading;

    protected TMux Mux { get; } = mux;

    /// <summary>Whether both sides have opened the protocol.</summary>
    protected abstract bool IsOpen { get; }

    public void HandleFrame(ReadOnlyMemory<byte> frame) => Mux.HandleFrame(frame);

    public bool TryOpen()
    {
        while (!IsOpen && Mux.TryReadEvent(out TEvent next))
        {
            Answer(next);
        }

        return IsOpen;
    }

    public bool TryReadMessage(out DialectMessage message)
    {
        while (Mux.TryReadEvent(out TEvent next))
        {
            if (TryGetMessage(next, out message))
            {
                return true;
            }

            Answer(next);
        }

        message = default;
        return false;
    }

    public abstract bool TryBeginMessage(RelayMessageType type, int length, out Span<byte> body);

    public void Cork() => Mux.Cork();

    public void Uncork() => Mux.Uncork();

    public bool TryTakeFrame(out PooledBuffer frame) => Mux.TryTakeFrame(out frame);

    public void Destroy() => Mux.Destroy();

    /// <summary>The message that an event is, if it is one.</summary>
    protected abstract bool TryGetMessage(in TEvent next, out DialectMessage message);

    /// <summary>
    /// Does what any other event calls for; at once, so that no message waits behind it and loses its place in the frame.
    /// </summary>
    protected abstract void Answer(in TEvent next);
}

using System.Buffers;
using System.IO.Pipelines;
using RelayCluster.Crypto.Noise;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.SecretStreams;

/// <summary>
/// What goes over the transport before messages do: the frames of a Noise handshake, and the first header.
/// </summary>
internal static class SecretStreamHandshake
{
    // The messages of XX without payloads have 32, 96 and 64 bytes. The peer is a stranger still.
    private const int MaxBodySize = 1024;

    /// <summary>Takes turns until the handshake is complete; the caller owns the result.</summary>
    internal static async ValueTask<NoiseResult> RunAsync(
        IDuplexPipe pipe,
        NoiseHandshake handshake,
        CancellationToken cancellationToken)
    {
        while (!handshake.IsComplete)
        {
            if (handshake.IsMyTurn)
            {
                WriteFrame(handshake.WriteMessage(), pipe.Output);
                await pipe.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await ReadMessageAsync(pipe.Input, handshake, cancellationToken).ConfigureAwait(false);
            }
        }

        return handshake.TakeResult();
    }

    /// <summary>Waits for the other side's header.</summary>
    internal static async ValueTask ReadHeaderAsync(
        PipeReader input,
        SecretStreamReceiver receiver,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> rest = read.Buffer;
            bool isDone = receiver.TryReadHeader(ref rest);
            input.AdvanceTo(rest.Start, isDone ? rest.Start : read.Buffer.End);
            if (isDone)
            {
                return;
            }

            ThrowIfEnded(read);
        }
    }

    private static async ValueTask ReadMessageAsync(
        PipeReader input,
        NoiseHandshake handshake,
        CancellationToken cancellationToken)
    {
        using var frames = new FrameReader();
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> rest = read.Buffer;
            bool isDone = TryReadMessage(frames, ref rest, handshake);
            input.AdvanceTo(rest.Start, isDone ? rest.Start : read.Buffer.End);
            if (isDone)
            {
                return;
            }

            ThrowIfEnded(read);
        }
    }

    private static bool TryReadMessage(FrameReader frames, ref ReadOnlySequence<byte> input, NoiseHandshake handshake)
    {
        if (!frames.TryRead(ref input, MaxBodySize, out Frame frame))
        {
            return false;
        }

        try
        {
            handshake.ReadMessage(frame.Body);
            return true;
        }
        finally
        {
            frame.Release();
        }
    }

    private static void WriteFrame(ReadOnlySpan<byte> body, PipeWriter output)
    {
        Span<byte> frame = output.GetSpan(Frame.PrefixSize + body.Length);
        Frame.WritePrefix(body.Length, frame);
        body.CopyTo(frame[Frame.PrefixSize..]);
        output.Advance(Frame.PrefixSize + body.Length);
    }

    private static void ThrowIfEnded(ReadResult read)
    {
        if (read.IsCompleted)
        {
            throw new ProtocolException("The other side ended within the handshake");
        }
    }
}

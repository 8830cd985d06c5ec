using System.Buffers;
using System.IO.Pipelines;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Links;

/// <summary>The frames of a link before its stream begins, one at a time. What follows them is left in the pipe.</summary>
internal sealed class LinkHandshakeFrames(IDuplexPipe pipe)
{
    /// <summary>The next frame; null if the link ends instead.</summary>
    /// <exception cref="ProtocolException">That is no frame.</exception>
    /// <exception cref="IOException">The link broke.</exception>
    public async ValueTask<(LinkFrameKind Kind, byte[] Body)?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await pipe.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> rest = read.Buffer;
            if (LinkFrame.TryRead(ref rest, out LinkFrame frame))
            {
                byte[] body = frame.Body.ToArray();
                pipe.Input.AdvanceTo(rest.Start);
                return (frame.Kind, body);
            }

            pipe.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    /// <summary>Sends a frame.</summary>
    /// <exception cref="IOException">The link broke, or takes no more.</exception>
    public async ValueTask WriteAsync(
        LinkFrameKind kind,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken)
    {
        LinkFrame.Write(pipe.Output, kind, new ReadOnlySequence<byte>(body));
        FlushResult flush = await pipe.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (flush.IsCompleted)
        {
            throw new IOException("the link takes no more");
        }
    }

    /// <summary>Waits while the other side has nothing to say; it leaves, or says something all the same.</summary>
    public async Task WhenHeardAsync(CancellationToken cancellationToken)
    {
        try
        {
            ReadResult read = await pipe.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            pipe.Input.AdvanceTo(read.Buffer.Start);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // broken is as good as left
        }
    }
}

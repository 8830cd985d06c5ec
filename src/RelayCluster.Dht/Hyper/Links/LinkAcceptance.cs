using System.Net;
using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Serving;
using RelayCluster.Dht.Links;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Links;

/// <summary>
/// One client on its way in over a link: an <see cref="Acceptance"/> whose client need not be reached. A client that
/// leaves meanwhile is not asked about any more.
/// </summary>
/// <param name="carriers">Of the node.</param>
/// <param name="options">The server's.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class LinkAcceptance(LinkCarriers carriers, DhtServerOptions options, TimeProvider timeProvider)
{
    /// <summary>How long a client may take to begin.</summary>
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Runs it, once. The link is the connection's then, and disposed if there is none.</summary>
    /// <param name="handshake">The server's half; it stays the caller's.</param>
    /// <param name="link">The way to the client.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection; null if the client was refused.</returns>
    /// <exception cref="ProtocolException">What the client sends makes no sense.</exception>
    /// <exception cref="IOException">The link broke.</exception>
    /// <exception cref="OperationCanceledException">The server closes, or the client left, or did not begin.</exception>
    public async Task<DhtStream?> RunAsync(
        INoiseHandshake handshake,
        DhtLink link,
        CancellationToken cancellationToken)
    {
        DhtStream? stream = null;
        try
        {
            var frames = new LinkHandshakeFrames(link.Pipe);
            byte[] hello = await ReadHelloAsync(frames, cancellationToken).ConfigureAwait(false);
            await frames.WriteAsync(LinkFrameKind.Taken, default, cancellationToken).ConfigureAwait(false);
            byte[]? answer = await WhileClientWaitsAsync(
                frames,
                stopping => AnswerAsync(handshake, hello, link.RemoteEndPoint, stopping),
                cancellationToken).ConfigureAwait(false);
            if (answer is null)
            {
                await frames.WriteAsync(LinkFrameKind.Refused, default, cancellationToken).ConfigureAwait(false);
                await link.EndAsync().ConfigureAwait(false);
                return null;
            }

            await frames.WriteAsync(LinkFrameKind.Answer, answer, cancellationToken).ConfigureAwait(false);
            var share = new BufferShare(options.Buffers, options.BufferBytes);
            stream = carriers.Open(link, share, handshake.Open);
            return stream;
        }
        finally
        {
            if (stream is null)
            {
                await link.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<byte[]> ReadHelloAsync(LinkHandshakeFrames frames, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(HelloTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        return await frames.ReadAsync(either.Token).ConfigureAwait(false) is { Kind: LinkFrameKind.Hello } hello
            ? hello.Body
            : throw new ProtocolException("the client does not begin with a hello");
    }

    /// <summary>The client has nothing to say before it has the answer, so what is heard of it is that it left.</summary>
    private static async Task<T> WhileClientWaitsAsync<T>(
        LinkHandshakeFrames frames,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task leaving = frames.WhenHeardAsync(stopping.Token);
        Task<T> working = work(stopping.Token);
        try
        {
            await Task.WhenAny(leaving, working).ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await leaving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await working.ConfigureAwait(false);
    }

    /// <summary>The server's message; null if the client is not let in.</summary>
    private async Task<byte[]?> AnswerAsync(
        INoiseHandshake handshake,
        byte[] hello,
        IPEndPoint clientAddress,
        CancellationToken cancellationToken)
    {
        try
        {
            NoiseOffer offer = await handshake.ReadAsync(hello, cancellationToken).ConfigureAwait(false);
            uint error = ServerOffer.Check(NoisePayload.Decode(offer.Payload.Span));
            var admission = new ClientAdmission(options, timeProvider);
            return await admission.AskAsync(offer, clientAddress, cancellationToken).ConfigureAwait(false)
                ? await handshake.WriteAsync(LinkOffer.Create(error).Encode(), cancellationToken)
                    .ConfigureAwait(false)
                : null;
        }
        catch (Exception e) when (e is ProtocolException or TimeoutException)
        {
            // through the DHT there would be no answer
            return null;
        }
    }
}

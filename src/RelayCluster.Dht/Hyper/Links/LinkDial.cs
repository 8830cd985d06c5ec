using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Links;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Links;

/// <summary>
/// One attempt to connect over a link: a <see cref="Dial"/> that need not search, nor find a way.
/// <para>
/// A server that is there says at once that it has taken the client, so one that does not is soon given up, for the DHT.
/// What it does then may take as long as a person, or another client of a relay, takes to answer.
/// </para>
/// </summary>
internal sealed class LinkDial
{
    /// <summary>How long a server may take to take a client.</summary>
    private static readonly TimeSpan TakenTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How long it may take to answer then.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly LinkCarriers _carriers;
    private readonly TimeProvider _timeProvider;
    private readonly DhtConnectOptions? _options;
    private readonly Func<INoiseHandshake> _createHandshake;

    /// <param name="carriers">Of the node.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="options">What the stream may hold; null for the node's default.</param>
    /// <param name="createHandshake">Begins the handshake with the server.</param>
    public LinkDial(
        LinkCarriers carriers,
        TimeProvider timeProvider,
        DhtConnectOptions? options,
        Func<INoiseHandshake> createHandshake)
    {
        _carriers = carriers;
        _timeProvider = timeProvider;
        _options = options;
        _createHandshake = createHandshake;
    }

    /// <summary>Dials, once; the link is the connection's then, and disposed if there is none.</summary>
    /// <returns>Null: the link was of no use.</returns>
    /// <exception cref="DhtException">The server refuses, or does not answer.</exception>
    public async Task<DhtStream?> RunAsync(DhtLink link, CancellationToken cancellationToken)
    {
        DhtStream? stream = null;
        try
        {
            stream = await ConnectAsync(link, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch (Exception e) when (e is IOException or ProtocolException)
        {
            return null;
        }
        finally
        {
            if (stream is null)
            {
                await link.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<DhtStream?> ConnectAsync(DhtLink link, CancellationToken cancellationToken)
    {
        using var handshake = new ClientHandshake(_createHandshake(), LinkOffer.Create());
        try
        {
            byte[] hello = await handshake.GetFirstMessageAsync(cancellationToken).ConfigureAwait(false);
            if (await AskAsync(link, hello, cancellationToken).ConfigureAwait(false) is not { } answer)
            {
                return null;
            }

            NoisePayload payload = await handshake.ReadAnswerAsync(answer, cancellationToken).ConfigureAwait(false);
            Dial.CheckPayload(payload);
        }
        catch (TimeoutException e)
        {
            throw new DhtException(DhtError.PeerConnectionFailed, "The handshake was not made in time", e);
        }

        var share = new BufferShare(_options?.Buffers, _options?.BufferBytes);
        return _carriers.Open(link, share, handshake.Open);
    }

    /// <summary>The server's answer; null if the server is not there, or goes away.</summary>
    private async ValueTask<byte[]?> AskAsync(DhtLink link, byte[] hello, CancellationToken cancellationToken)
    {
        var frames = new LinkHandshakeFrames(link.Pipe);
        try
        {
            bool isTaken = await WithinAsync(TakenTimeout, TakeAsync, cancellationToken).ConfigureAwait(false);
            if (!isTaken)
            {
                return null;
            }
        }
        catch (TimeoutException)
        {
            return null;
        }

        try
        {
            (LinkFrameKind Kind, byte[] Body)? answer =
                await WithinAsync(AnswerTimeout, frames.ReadAsync, cancellationToken).ConfigureAwait(false);
            return answer switch
            {
                { Kind: LinkFrameKind.Answer, Body: var message } => message,
                { Kind: LinkFrameKind.Refused } => throw new DhtException(DhtError.PeerConnectionFailed),
                _ => null,
            };
        }
        catch (TimeoutException e)
        {
            throw new DhtException(DhtError.PeerConnectionFailed, e);
        }

        async ValueTask<bool> TakeAsync(CancellationToken stopping)
        {
            await frames.WriteAsync(LinkFrameKind.Hello, hello, stopping).ConfigureAwait(false);
            return await frames.ReadAsync(stopping).ConfigureAwait(false) is { Kind: LinkFrameKind.Taken };
        }
    }

    private async ValueTask<T> WithinAsync<T>(
        TimeSpan timeout,
        Func<CancellationToken, ValueTask<T>> step,
        CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await step(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The server at the other end of the link did not answer");
        }
    }
}

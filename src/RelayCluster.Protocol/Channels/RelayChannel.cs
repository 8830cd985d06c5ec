using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Sharing;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Channels;

/// <summary>
/// The relay protocol: messages in, messages out. Either side of it, since all that the sides do differently is who
/// speaks first. It has a transport of its own, or is one channel of a muxer that others use too.
/// </summary>
/// <remarks>
/// <code>
///   ReadAsync   &lt;-- decode &lt;-- dialect &lt;-- frame &lt;-- transport        (one reader)
///   SendAsync   --> encode --> dialect --> frames --> pump --> transport   (any number of senders)
/// </code>
/// <para>
/// <b>Reading.</b> On a transport of its own, a frame is received when the messages of the one before have all been
/// read, so a session that stops reading stops the client's socket. The frame is one pooled buffer. A data message that
/// is the last of its frame takes the buffer over, payload and all; in a batch, the data messages before it are copied
/// out of it, and those are small. Pings are answered here, and shown to the reader too, as signs of life. Reading
/// never waits for sending, so two sides that are both full do not wait for each other; what that allows a side to ask
/// for without taking the answers is bounded by <see cref="RelayChannelOptions.MaxReplyBytes"/>.
/// </para>
/// <para>
/// <b>Sending.</b> A message is written straight into its frame, in the order of the calls, before
/// <see cref="SendAsync"/> returns; from then on its memory is the caller's again. While the transport is busy,
/// messages gather in one batch, which goes out next. When more than <see cref="RelayChannelOptions.MaxUnsentBytes"/>
/// wait, senders wait too.
/// </para>
/// <para>
/// <b>Ending.</b> <see cref="CloseAsync(CancellationToken)"/> sends what waits and closes the transport in order;
/// <see cref="DisposeAsync"/> cuts it. A transport that fails on the way out is cut, so that the reader hears of it.
/// The channel owns its transport.
/// </para>
/// <para>
/// <b>On a shared muxer</b> (<see cref="SharedMux"/>) messages come from the channel's own queue, and to close is to
/// close the channel: the transport and the other channels are the muxer's.
/// </para>
/// </remarks>
public sealed class RelayChannel : IAsyncDisposable
{
    private readonly IRelayLink _link;

    private RelayChannel(IRelayLink link) => _link = link;

    /// <summary>What the two sides speak.</summary>
    public RelayDialect SpokenDialect => _link.SpokenDialect;

    /// <summary>Who is at the other end, for logs.</summary>
    public string RemoteEndPoint => _link.RemoteEndPoint;

    /// <summary>Why the other side has closed, in its words; null if it has not, or has not said.</summary>
    public string? RemoteReason => _link.RemoteReason;

    /// <summary>
    /// The longest message of a stream that one data message can carry, in bytes: less than a stream's own limit where
    /// the transport has the same limit for all that lies around it.
    /// </summary>
    public int MaxChunkBytes => _link.MaxMessageBytes - DataMessage.MaxHeadBytes;

    /// <summary>
    /// The relay's side: waits for the client to open the protocol, and opens it too, in the dialect that the client's
    /// first frame is of. Null if the client closes the transport before. The transport is closed in every case but
    /// success.
    /// </summary>
    /// <exception cref="ProtocolException">The client speaks something else.</exception>
    /// <exception cref="IOException">The connection was cut.</exception>
    public static async ValueTask<RelayChannel?> AcceptAsync(
        IMessageTransport transport, RelayChannelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        return Wrap(await TransportLink.AcceptAsync(transport, options ?? new RelayChannelOptions(), cancellationToken)
            .ConfigureAwait(false));
    }

    /// <summary>
    /// The relay's side on a muxer that others use too: waits for the client to open the protocol there, and opens it.
    /// Null if the muxer ends before. It listens for the client from the call on, and so belongs before
    /// <see cref="SharedMux.RunAsync"/>. The muxer stays its owner's.
    /// </summary>
    /// <exception cref="InvalidOperationException">Somebody listens for it already.</exception>
    public static async ValueTask<RelayChannel?> AcceptAsync(
        SharedMux mux, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(mux);
        return Wrap(await SharedLink.AcceptAsync(mux, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The client's side: opens the protocol at once, without waiting for the relay.</summary>
    public static RelayChannel Open(IMessageTransport transport, RelayChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        return new RelayChannel(TransportLink.Open(transport, options ?? new RelayChannelOptions()));
    }

    /// <summary>
    /// The client's side on a muxer that others use too: opens the protocol at once, without waiting for the relay, in
    /// the living dialect. The muxer stays its owner's.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is open there already.</exception>
    /// <exception cref="IOException">The connection was cut, or the other side has closed.</exception>
    public static RelayChannel Open(SharedMux mux)
    {
        ArgumentNullException.ThrowIfNull(mux);
        return new RelayChannel(SharedLink.TryOpen(mux)
            ?? throw new InvalidOperationException("The muxer has a channel of the relay protocol already"));
    }

    /// <summary>
    /// The next message, which the caller then owns; null when the other side has closed. One call at a time;
    /// cancelling it may cost the connection.
    /// </summary>
    /// <exception cref="ProtocolException">The other side broke the protocol.</exception>
    /// <exception cref="IOException">The connection was cut.</exception>
    public ValueTask<RelayMessage?> ReadAsync(CancellationToken cancellationToken = default)
    {
        return TryRead(out RelayMessage? message)
            ? ValueTask.FromResult(message)
            : ReadSlowlyAsync(cancellationToken);
    }

    /// <summary>
    /// Sends a message. It is written down before this returns, so its memory is then the caller's again; the task
    /// completes when there is room for the next.
    /// </summary>
    /// <exception cref="IOException">The connection was cut, or the other side has closed.</exception>
    /// <exception cref="ArgumentException">It is too long for the transport, and was not sent.</exception>
    /// <exception cref="OperationCanceledException">
    /// The waiting was cancelled; the message is sent all the same.
    /// </exception>
    public ValueTask SendAsync(RelayMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _link.SendAsync(message, cancellationToken);
    }

    /// <summary>
    /// Answers a question of the other side. It is written down before this returns, and waits for no room, so that
    /// whoever reads can answer at once.
    /// </summary>
    /// <exception cref="IOException">The connection was cut, or the other side has closed.</exception>
    /// <exception cref="ProtocolException">
    /// The other side asks and asks, and takes no answers; see <see cref="RelayChannelOptions.MaxReplyBytes"/>.
    /// </exception>
    public void Reply(RelayMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        _link.Reply(message);
    }

    /// <summary>
    /// Sends what waits, then closes the transport in order. When cancelled it is cut. On a shared muxer, which goes on
    /// sending, only the channel closes, behind what was sent.
    /// </summary>
    public ValueTask CloseAsync(CancellationToken cancellationToken = default) =>
        CloseAsync(CloseReason.Done, cancellationToken);

    /// <summary>As <see cref="CloseAsync(CancellationToken)"/>, and tells the other side why, where the transport has a
    /// place for that.</summary>
    public ValueTask CloseAsync(CloseReason reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return _link.CloseAsync(reason, cancellationToken);
    }

    /// <summary>Cuts the connection at once; pending calls fail. On a shared muxer only the channel closes.</summary>
    public void Abort() => _link.Abort();

    /// <summary>Cuts it as <see cref="Abort"/> does, and waits until nothing of it is left.</summary>
    public ValueTask DisposeAsync() => _link.DisposeAsync();

    private static RelayChannel? Wrap(IRelayLink? link) => link is null ? null : new RelayChannel(link);

    private bool TryRead(out RelayMessage? message)
    {
        if (!_link.TryRead(out message))
        {
            return false;
        }

        if (message is PingMessage)
        {
            // nobody waits for room for it: two sides that both did would wait for ever
            _link.Reply(PongMessage.Instance);
        }

        return true;
    }

    private async ValueTask<RelayMessage?> ReadSlowlyAsync(CancellationToken cancellationToken)
    {
        RelayMessage? message;
        while (!TryRead(out message))
        {
            if (!await _link.ReceiveAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }

        return message;
    }
}

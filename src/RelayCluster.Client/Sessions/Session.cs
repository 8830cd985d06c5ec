using Microsoft.Extensions.Logging;
using RelayCluster.Client.Custody;
using RelayCluster.Client.Queries;
using RelayCluster.Client.Servers;
using RelayCluster.Client.Streams;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Sessions;

/// <summary>One connection to the relay, and all that is under way on it.</summary>
/// <remarks>
/// <code>
///   relay ══> channel ──RunAsync──┬─> SessionStreams ──> RelayedStream      data, end, destroy, open
///                                 ├─> SessionServers ──> RelayedServer      listening, closed, incoming, connection
///                                 ├─> SessionQueries ──> RelayedQuery       result, finished
///                                 └─> SessionHandshakes, Signatures           noiseSend, noiseReceive, sign…: noncustodial
///   relay &lt;══ channel &lt;──RelayLink── whoever has something to say
/// </code>
/// <para>
/// <b>Reading.</b> One loop reads, and it alone handles what the relay says, so that happens in the relay's order. It
/// never waits for anybody but for the <see cref="InboundBudget"/>: questions are answered without waiting for room, the
/// user's code runs elsewhere. While the budget is used up nothing is read, not even the answer to a connect: the
/// protocol has no flow control for a single stream.
/// </para>
/// <para>
/// <b>Disorder.</b> What the relay says of something that this side has just given up is dropped. What it can never
/// say (a client's message, a number in use, a body that cannot be read) ends the session.
/// </para>
/// <para>
/// <b>End.</b> The first reason is kept. All that is under way fails with it, the channel is closed, and keys of unfinished
/// handshakes are zeroed. A session never begins anew: reconnecting makes another one.
/// </para>
/// </remarks>
internal sealed partial class Session : IAsyncDisposable
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    private readonly RelayChannel _channel;
    private readonly RelayLink _link;
    private readonly SessionHeartbeat _heartbeat;
    private readonly Signatures _signatures;
    private readonly HandshakeTable _handshakeTable;
    private readonly SessionHandshakes _handshakes;
    private readonly Action<DhtException> _handleEnd;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<DhtException> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Task _running;

    /// <summary>Introduces this side to the relay, and begins to read.</summary>
    /// <param name="channel">The way to the relay; it is taken over.</param>
    /// <param name="keyPair">Who the client is; it stays the node's.</param>
    /// <param name="options">Nobody changes them any more.</param>
    /// <param name="handleEnd">
    /// Is told of the end before all that is under way: who hears of it from there finds it known.
    /// </param>
    /// <param name="logger">Where to log.</param>
    public Session(
        RelayChannel channel,
        KeyPair keyPair,
        RelayedDhtOptions options,
        Action<DhtException> handleEnd,
        ILogger logger)
    {
        _channel = channel;
        _handleEnd = handleEnd;
        _logger = logger;
        _link = new RelayLink(channel, options, End);
        _heartbeat = new SessionHeartbeat(_link);
        _signatures = new Signatures(_link);
        _handshakeTable = new HandshakeTable(options.TimeProvider);
        Streams = new SessionStreams(_link, _handshakeTable);
        Servers = new SessionServers(_link, Streams, _handshakeTable, _signatures);
        Queries = new SessionQueries(_link, _signatures);
        _handshakes = new SessionHandshakes(_link, _handshakeTable, Streams, Servers);
        _link.Post(new HandshakeMessage(keyPair.PublicKey, options.Custodial ? keyPair : null));
        _running = RunAsync();
    }

    public SessionStreams Streams { get; }

    public SessionServers Servers { get; }

    public SessionQueries Queries { get; }

    /// <summary>Completes when the session is over, with the reason.</summary>
    public Task<DhtException> Ended => _ended.Task;

    /// <summary>Opens a stream to a public key.</summary>
    /// <exception cref="DhtException">The relay could not, or the session is over.</exception>
    public async ValueTask<DhtStream> ConnectAsync(
        Fixed32 remotePublicKey, KeyPair keyPair, CancellationToken cancellationToken)
    {
        RelayedStream stream = Streams.Dial(keyPair, remotePublicKey);
        try
        {
            var connect = new ConnectMessage(
                stream.Alias, keyPair.PublicKey, _link.Options.Custodial ? keyPair : null, remotePublicKey);
            await _link.SendAsync(connect, cancellationToken).ConfigureAwait(false);
            await stream.Opened.WaitAsync(cancellationToken).ConfigureAwait(false);
            return stream.AsUserStream();
        }
        catch
        {
            stream.Destroy();
            throw;
        }
    }

    /// <summary>Says what is still to be said, and ends the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        End(new DhtException(DhtError.NodeDestroyed));
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        Task reading = ReadAsync();
        Task beating = BeatAsync();
        DhtException end = await _ended.Task.ConfigureAwait(false);
        await CloseChannelAsync(isOrderly: end.Error == DhtError.NodeDestroyed).ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        await beating.ConfigureAwait(false);
    }

    private async Task ReadAsync()
    {
        try
        {
            // whoever made the session has it before anything comes of it
            await Task.Yield();
            while (await _channel.ReadAsync(_stopping.Token).ConfigureAwait(false) is { } message)
            {
                _heartbeat.HandleMessage();
                Handle(message);
                if (!_link.Inbound.HasRoom)
                {
                    await WaitForRoomAsync().ConfigureAwait(false);
                }
            }

            string reason = _channel.RemoteReason is { } told ? $": {told}" : string.Empty;
            End(new DhtException(DhtError.RelayLost, $"the relay closed the connection{reason}"));
        }
        catch (ProtocolException e)
        {
            End(new DhtException(DhtError.ProtocolViolation, $"the relay broke the protocol: {e.Message}", e));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            End(new DhtException(DhtError.RelayLost, e));
        }
        catch (Exception e)
        {
            // a fault of ours: better a lost session than one that says nothing any more
            Log.Failed(_logger, e);
            End(new DhtException(DhtError.RelayLost, e));
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            await _heartbeat.RunAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (DhtException e)
        {
            End(e);
        }
        catch (OperationCanceledException)
        {
            // the session is over
        }
    }

    private async Task WaitForRoomAsync()
    {
        _heartbeat.HandleReadingPaused();
        Log.ReadingPaused(_logger, _link.Inbound.Bytes);
        await _link.Inbound.WhenRoomAsync(_stopping.Token).ConfigureAwait(false);
        _heartbeat.HandleReadingResumed();
    }

    private void End(DhtException end)
    {
        if (!_ended.TrySetResult(end))
        {
            return;
        }

        Log.Ended(_logger, _channel.RemoteEndPoint, end.Message);
        _handleEnd(end);
        Streams.Close(end);
        Servers.Close(end);
        Queries.Close(end);
        _signatures.Close(end);
        _handshakeTable.Dispose();
    }

    private async Task CloseChannelAsync(bool isOrderly)
    {
        if (!isOrderly)
        {
            await _channel.DisposeAsync().ConfigureAwait(false);
            return;
        }

        using var patience = new CancellationTokenSource(ClosePatience, _link.Options.TimeProvider);
        try
        {
            await _channel.CloseAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // it was cut instead
        }
    }

    private void Handle(RelayMessage message)
    {
        switch (message)
        {
            case DataMessage data:
                Streams.HandleData(data);
                break;
            case OpenMessage open:
                Streams.HandleOpen(open);
                break;
            case EndMessage end:
                Streams.HandleEnd(end);
                break;
            case DestroyMessage destroy:
                Streams.HandleDestroy(destroy);
                break;
            case ResultMessage result:
                Queries.HandleResult(result);
                break;
            case FinishedMessage finished:
                Queries.HandleFinished(finished);
                break;
            case ListeningMessage listening:
                Servers.HandleListening(listening);
                break;
            case ClosedMessage closed:
                Servers.HandleClosed(closed);
                break;
            case IncomingMessage incoming:
                Servers.HandleIncoming(incoming);
                break;
            case ConnectionMessage connection:
                Servers.HandleConnection(connection);
                break;
            case NoiseSendMessage question when !_link.Options.Custodial:
                _handshakes.HandleSend(question);
                break;
            case NoiseReceiveMessage question when !_link.Options.Custodial:
                _handshakes.HandleReceive(question);
                break;
            case SignAnnounceMessage question when !_link.Options.Custodial:
                _signatures.HandleSignAnnounce(question);
                break;
            case SignUnannounceMessage question when !_link.Options.Custodial:
                _signatures.HandleSignUnannounce(question);
                break;
            case PingMessage or PongMessage:
                break;
            default:
                message.Dispose();
                throw new ProtocolException($"a relay does not send {message.Type} to this client");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(8001, LogLevel.Debug, "The session with {Relay} is over: {Reason}")]
        public static partial void Ended(ILogger logger, string relay, string reason);

        [LoggerMessage(8003, LogLevel.Error, "The session with the relay failed")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(8002, LogLevel.Debug, "{Bytes} bytes wait to be read; nothing more is taken from the relay")]
        public static partial void ReadingPaused(ILogger logger, long bytes);
    }
}

using System.Net;
using System.Threading.Channels;
using RelayCluster.Client.Sessions;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Client.Servers;

/// <summary>A server behind the relay, which stays the same for its user when the connection to the relay does not.</summary>
/// <remarks>
/// <code>
///   listen ──► listens ──► closed by the user
///                │  ▲
///     session lost  │ listens again: at once in the new session, and then less and less often,
///                └──┘ because the old session's server may still be unannounced under the same key
/// </code>
/// Without reconnecting it is over when its session is: <see cref="AcceptAsync"/> gives what waits, then fails.
/// </remarks>
internal sealed class RelayedServer : IDhtServer
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private readonly RelayConnection _connection;
    private readonly DhtServerOptions _options;
    private readonly Admission _admission;
    private readonly Channel<DhtStream> _backlog;
    private readonly CancellationTokenSource _closing = new(); // without a timer it holds nothing to dispose
    private readonly Lock _lock = new();
    private ServerListing? _listing;
    private IPEndPoint? _endPoint;
    private Task _keeping = Task.CompletedTask;
    private Task? _closed;

    public RelayedServer(RelayConnection connection, KeyPair keyPair, DhtServerOptions options)
    {
        _connection = connection;
        _options = options;
        KeyPair = keyPair;
        _admission = new Admission(options, connection.Options.TimeProvider);
        _backlog = Channel.CreateBounded<DhtStream>(options.Backlog);
    }

    /// <summary>Who it is; it stays its owner's.</summary>
    public KeyPair KeyPair { get; }

    public Fixed32 PublicKey => KeyPair.PublicKey;

    public int MaxPendingHandshakes => _options.MaxPendingHandshakes;

    public DhtServerAddress Address => new(PublicKey, Volatile.Read(ref _endPoint));

    /// <summary>Completes when it listens for the first time.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Session session = await _connection.GetSessionAsync(cancellationToken).ConfigureAwait(false);
        ServerListing listing = await session.Servers.ListenAsync(this, cancellationToken).ConfigureAwait(false);
        if (_closing.IsCancellationRequested)
        {
            // with the node, which took it for a server already
            listing.RequestClose();
            throw new DhtException(DhtError.NodeDestroyed);
        }

        _listing = listing;
        _keeping = KeepAsync(listing);
    }

    public void HandleListening(IPEndPoint? endPoint) => Volatile.Write(ref _endPoint, endPoint);

    /// <summary>Asks the user whether a peer may connect; while too many wait, nobody may.</summary>
    public void Ask(Fixed32 remotePublicKey, ReadOnlyMemory<byte> payload, Action<bool> decide)
    {
        if (_closing.IsCancellationRequested || _backlog.Reader.Count >= _options.Backlog)
        {
            decide(false);
            return;
        }

        _admission.Ask(remotePublicKey, payload, decide);
    }

    /// <summary>Takes a connection over; false: there is no room, or the server is closed.</summary>
    public bool TryTake(DhtStream stream) => _backlog.Writer.TryWrite(stream);

    public async ValueTask<DhtStream?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _backlog.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_backlog.Reader.TryRead(out DhtStream? stream))
            {
                // those of a session that was lost meanwhile are nobody's joy
                if (!stream.Completion.IsFaulted)
                {
                    return stream;
                }

                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }

        return null;
    }

    public ValueTask CloseAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            _closed ??= CloseCoreAsync(cancellationToken);
            return new ValueTask(_closed);
        }
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private async Task CloseCoreAsync(CancellationToken cancellationToken)
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        try
        {
            // what is being listened again is withdrawn by that
            await _keeping.ConfigureAwait(false);
            if (_listing is { Closed.IsCompleted: false } listing)
            {
                listing.RequestClose();
                await listing.Closed.WaitAsync(ClosePatience, _connection.Options.TimeProvider, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // the relay goes on with it by itself
        }

        _connection.Forget(this);
        End(null);
        await _admission.DisposeAsync().ConfigureAwait(false);
    }

    private async Task KeepAsync(ServerListing listing)
    {
        try
        {
            while (true)
            {
                DhtException? end = await listing.Closed.WaitAsync(_closing.Token).ConfigureAwait(false);
                if (!_connection.Options.Reconnect)
                {
                    End(end);
                    _connection.Forget(this);
                    return;
                }

                listing = await ListenAgainAsync(_closing.Token).ConfigureAwait(false);
                _listing = listing;
            }
        }
        catch (OperationCanceledException)
        {
            // closed by the user, who closes the listing if there is one
        }
        catch (DhtException e)
        {
            End(e);
            _connection.Forget(this);
        }
    }

    private async Task<ServerListing> ListenAgainAsync(CancellationToken cancellationToken)
    {
        Backoff backoff = _connection.NewBackoff();
        while (true)
        {
            Session session = await _connection.GetSessionAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await session.Servers.ListenAsync(this, cancellationToken).ConfigureAwait(false);
            }
            catch (DhtException)
            {
                await Task.Delay(backoff.Next(), _connection.Options.TimeProvider, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>Nothing is accepted any more; closed by the user, what waits is destroyed.</summary>
    private void End(DhtException? failure)
    {
        _backlog.Writer.TryComplete(failure);
        while (_closing.IsCancellationRequested && _backlog.Reader.TryRead(out DhtStream? stream))
        {
            stream.Destroy();
        }
    }
}

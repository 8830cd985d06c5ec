using Microsoft.Extensions.Logging;
using RelayCluster.Client.Servers;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Channels;

namespace RelayCluster.Client.Sessions;

/// <summary>
/// The node's connection to its relay: one session after the other if it is to reconnect, else one. Servers see to it
/// themselves that they listen again.
/// </summary>
/// <remarks>
/// <code>
///   Connected ──lost──► Reconnecting ──dialled──► Connected
///       └──lost, and not to reconnect──► Lost                     any ──disposed──► Disposed
/// </code>
/// </remarks>
internal sealed partial class RelayConnection : IAsyncDisposable
{
    private readonly Func<CancellationToken, ValueTask<RelayChannel>> _dial;
    private readonly KeyPair _keyPair;
    private readonly Action<RelayedDhtState, DhtException?> _changed;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly HashSet<RelayedServer> _servers = [];
    private TaskCompletionSource<Session> _session = NewSource();
    private Task _running = Task.CompletedTask;
    private volatile int _state;

    /// <param name="dial">Makes a new connection to the relay.</param>
    /// <param name="keyPair">Who the client is; it stays the node's.</param>
    /// <param name="options">Nobody changes them any more.</param>
    /// <param name="changed">Is told of every change of state, and why.</param>
    /// <param name="logger">Where to log.</param>
    public RelayConnection(
        Func<CancellationToken, ValueTask<RelayChannel>> dial,
        KeyPair keyPair,
        RelayedDhtOptions options,
        Action<RelayedDhtState, DhtException?> changed,
        ILogger logger)
    {
        _dial = dial;
        _keyPair = keyPair;
        _changed = changed;
        _logger = logger;
        Options = options;
    }

    public RelayedDhtOptions Options { get; }

    /// <summary>It changes before anybody else hears of what changed it.</summary>
    public RelayedDhtState State => (RelayedDhtState)_state;

    /// <summary>Connects for the first time.</summary>
    /// <exception cref="DhtException">The relay cannot be reached.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Session session = await DialAsync(cancellationToken).ConfigureAwait(false);
        Use(session);
        _running = RunAsync(session);
    }

    /// <summary>The session, as soon as there is one.</summary>
    /// <exception cref="DhtException">There will be none.</exception>
    public Task<Session> GetSessionAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _session.Task.WaitAsync(cancellationToken);
        }
    }

    public Backoff NewBackoff() => new(Options.ReconnectDelay, Options.MaxReconnectDelay, Options.Random);

    /// <summary>A server begins.</summary>
    /// <exception cref="DhtException">There is one under this key.</exception>
    public void Add(RelayedServer server)
    {
        lock (_lock)
        {
            if (_servers.Any(other => other.PublicKey == server.PublicKey))
            {
                throw new DhtException(DhtError.KeyPairAlreadyUsed);
            }

            _servers.Add(server);
        }
    }

    /// <summary>A server is closed.</summary>
    public void Forget(RelayedServer server)
    {
        lock (_lock)
        {
            _servers.Remove(server);
        }
    }

    /// <summary>Closes the servers, and then the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        RelayedServer[] servers;
        lock (_lock)
        {
            servers = [.. _servers];
        }

        await Task.WhenAll(servers.Select(static server => server.CloseAsync().AsTask())).ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        HandleEnd(new DhtException(DhtError.NodeDestroyed));
        _changed(RelayedDhtState.Disposed, null);
        _stopping.Dispose();
    }

    private static TaskCompletionSource<Session> NewSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync(Session? session)
    {
        while (session is not null)
        {
            DhtException? end = null;
            await using (session.ConfigureAwait(false))
            {
                try
                {
                    end = await session.Ended.WaitAsync(_stopping.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    // the node is disposed, and so is the session
                }
            }

            session = end is null ? null : await ReplaceAsync(end).ConfigureAwait(false);
        }
    }

    /// <summary>Null: there will be no other session.</summary>
    private async Task<Session?> ReplaceAsync(DhtException end)
    {
        if (_stopping.IsCancellationRequested)
        {
            return null;
        }

        if (!Options.Reconnect)
        {
            _changed(RelayedDhtState.Lost, end);
            return null;
        }

        Log.Lost(_logger, end.Message);
        _changed(RelayedDhtState.Reconnecting, end);
        try
        {
            Session session = await RedialAsync().ConfigureAwait(false);
            Use(session);
            _changed(RelayedDhtState.Connected, null);
            return session;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Calls use it from now on, unless it has ended already.</summary>
    private void Use(Session session)
    {
        lock (_lock)
        {
            if (!session.Ended.IsCompleted)
            {
                _state = (int)RelayedDhtState.Connected;
                _session.TrySetResult(session);
            }
        }
    }

    /// <summary>Calls wait for another session from now on, or fail.</summary>
    private void HandleEnd(DhtException end)
    {
        lock (_lock)
        {
            if (_session.Task.IsCompletedSuccessfully)
            {
                _session = NewSource();
            }

            bool isLast = _stopping.IsCancellationRequested || !Options.Reconnect;
            _state = (int)(_stopping.IsCancellationRequested ? RelayedDhtState.Disposed
                : isLast ? RelayedDhtState.Lost
                : RelayedDhtState.Reconnecting);
            if (isLast)
            {
                _session.TrySetException(end);
                _ = _session.Task.Exception; // seen, even if nobody asks for a session any more
            }
        }
    }

    private async Task<Session> RedialAsync()
    {
        Backoff backoff = NewBackoff();
        while (true)
        {
            TimeSpan wait = backoff.Next();
            await Task.Delay(wait, Options.TimeProvider, _stopping.Token).ConfigureAwait(false);
            try
            {
                return await DialAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (DhtException e)
            {
                Log.NotReached(_logger, e.Message);
            }
        }
    }

    private async Task<Session> DialAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Options.ConnectTimeout, Options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            RelayChannel channel = await _dial(either.Token).ConfigureAwait(false);
            Log.Connected(_logger, channel.RemoteEndPoint);
            return new Session(channel, _keyPair, Options, HandleEnd, _logger);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DhtException(
                DhtError.RelayLost, $"the relay could not be reached within {Options.ConnectTimeout.TotalSeconds} s", e);
        }
        catch (Exception e) when (e is IOException or Wire.ProtocolException)
        {
            throw new DhtException(DhtError.RelayLost, $"the relay could not be reached: {e.Message}", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(8010, LogLevel.Debug, "Connected to the relay {Relay}")]
        public static partial void Connected(ILogger logger, string relay);

        [LoggerMessage(8011, LogLevel.Warning, "The relay was lost, and is sought again: {Reason}")]
        public static partial void Lost(ILogger logger, string reason);

        [LoggerMessage(8012, LogLevel.Information, "Another attempt to reach the relay failed: {Reason}")]
        public static partial void NotReached(ILogger logger, string reason);
    }
}

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
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

    /// <param name="dial">Makes a new connection to the relay.</param>
    /// <param name="keyPair">Who the client is; it stays the node's.</param>
    /// <param name="options">Nobody changes them any more.</param>
    /// <param name="changed">Is told of every change of state, and why.</param>
    public RelayConnection(
        Func<CancellationToken, ValueTask<RelayChannel>> dial,
        KeyPair keyPair,
        RelayedDhtOptions options,
        Action<RelayedDhtState, DhtException?> changed)
    {
        _dial = dial;
        _keyPair = keyPair;
        _changed = changed;
        _logger = options.LoggerFactory?.CreateLogger<RelayedDht>() ?? NullLogger<RelayedDht>.Instance;
        Options = options;
    }

    public RelayedDhtOptions Options { get; }

    /// <summary>Connects for the first time.</summary>
    /// <exception cref="DhtException">The relay cannot be reached.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Session session = await DialAsync(cancellationToken).ConfigureAwait(false);
        _session.SetResult(session);
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
        _stopping.Dispose();
    }

    private static TaskCompletionSource<Session> NewSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync(Session? session)
    {
        while (session is not null)
        {
            DhtException end;
            await using (session.ConfigureAwait(false))
            {
                end = await WaitForEndAsync(session).ConfigureAwait(false);
            }

            session = await ReplaceAsync(end).ConfigureAwait(false);
        }
    }

    private async Task<DhtException> WaitForEndAsync(Session session)
    {
        try
        {
            return await session.Ended.WaitAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new DhtException(DhtError.NodeDestroyed);
        }
    }

    /// <summary>Null: there will be no other session.</summary>
    private async Task<Session?> ReplaceAsync(DhtException end)
    {
        if (_stopping.IsCancellationRequested || !Options.Reconnect)
        {
            SetOver(end);
            return null;
        }

        Log.Lost(_logger, end.Message);
        lock (_lock)
        {
            _session = NewSource();
        }

        _changed(RelayedDhtState.Reconnecting, end);
        try
        {
            Session session = await RedialAsync().ConfigureAwait(false);
            _session.SetResult(session);
            _changed(RelayedDhtState.Connected, null);
            return session;
        }
        catch (OperationCanceledException)
        {
            SetOver(new DhtException(DhtError.NodeDestroyed));
            return null;
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
            return new Session(channel, _keyPair, Options, _logger);
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

    private void SetOver(DhtException end)
    {
        bool isDisposed = _stopping.IsCancellationRequested;
        DhtException reason = isDisposed ? new DhtException(DhtError.NodeDestroyed) : end;
        lock (_lock)
        {
            if (!_session.TrySetException(reason))
            {
                _session = NewSource();
                _session.SetException(reason);
            }

            _ = _session.Task.Exception; // seen, even if nobody asks for a session any more
        }

        _changed(isDisposed ? RelayedDhtState.Disposed : RelayedDhtState.Lost, isDisposed ? null : end);
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

using System.Net;
using RelayCluster.Client.Sessions;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;

namespace RelayCluster.Client.Servers;

/// <summary>
/// A server as one session has it. A <see cref="RelayedServer"/> outlives its session when the node reconnects; this
/// does not.
/// </summary>
internal sealed class ServerListing(RelayLink link, uint alias, RelayedServer server)
{
    private readonly TaskCompletionSource<IPEndPoint> _listening =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource<DhtException?> _closed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>This side's number of it.</summary>
    public uint Alias => alias;

    /// <summary>The relay's number of it, once it listens.</summary>
    public uint? RemoteAlias { get; private set; }

    public RelayedServer Server => server;

    public KeyPair KeyPair => server.KeyPair;

    /// <summary>Where the relay's node is; fails with the session.</summary>
    public Task<IPEndPoint> Listening => _listening.Task;

    /// <summary>Completes when the relay has closed it (null), or the session is over: with the reason.</summary>
    public Task<DhtException?> Closed => _closed.Task;

    public void HandleListening(ListeningMessage listening)
    {
        RemoteAlias = listening.Alias;
        _listening.TrySetResult(listening.EndPoint);
    }

    public void HandleClosed(DhtException? end)
    {
        if (_listening.TrySetException(end ?? new DhtException(DhtError.ListenRefused)))
        {
            _ = _listening.Task.Exception; // seen, even if nobody waits for it any more
        }

        _closed.TrySetResult(end);
    }

    /// <summary>Asks the relay to close it; <see cref="Closed"/> tells when it has.</summary>
    public void RequestClose() => link.Post(new CloseMessage(alias));
}

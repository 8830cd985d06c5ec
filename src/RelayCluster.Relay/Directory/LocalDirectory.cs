using RelayCluster.Dht.Links;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Directory;

/// <summary>The servers of this node's own clients, which are joined within the process.</summary>
public sealed class LocalDirectory : IServerDirectory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Fixed32, List<ILinkServer>> _servers = [];

    /// <inheritdoc/>
    public IDisposable Add(ILinkServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        lock (_lock)
        {
            if (!_servers.TryGetValue(server.PublicKey, out List<ILinkServer>? servers))
            {
                _servers.Add(server.PublicKey, servers = []);
            }

            servers.Add(server);
        }

        return new DirectoryEntry(() => Remove(server));
    }

    /// <inheritdoc/>
    public ValueTask<DhtLink?> OpenAsync(Fixed32 publicKey, CancellationToken cancellationToken = default)
    {
        if (Find(publicKey).Length == 0)
        {
            return ValueTask.FromResult<DhtLink?>(null);
        }

        (DhtLink client, DhtLink server) = DhtLink.CreatePair();
        return TryAccept(publicKey, server)
            ? ValueTask.FromResult<DhtLink?>(client)
            : ValueTask.FromException<DhtLink?>(new IOException("the server closes, or has no room"));
    }

    /// <summary>Hands a client that came by a link to a server here, the one that listens longest that has room.</summary>
    /// <returns>False: there is none; the link stays the caller's.</returns>
    public bool TryAccept(Fixed32 publicKey, DhtLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return Find(publicKey).Any(server => server.TryAccept(link));
    }

    private ILinkServer[] Find(Fixed32 publicKey)
    {
        lock (_lock)
        {
            return _servers.TryGetValue(publicKey, out List<ILinkServer>? servers) ? [.. servers] : [];
        }
    }

    private void Remove(ILinkServer server)
    {
        lock (_lock)
        {
            List<ILinkServer> servers = _servers[server.PublicKey];
            servers.Remove(server);
            if (servers.Count == 0)
            {
                _servers.Remove(server.PublicKey);
            }
        }
    }
}

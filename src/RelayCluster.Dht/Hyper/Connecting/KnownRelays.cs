using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// Through which nodes servers were reached lately: a second connection to one then takes one round trip and no query.
/// Used from any thread.
/// </summary>
internal sealed class KnownRelays
{
    private const int MaxServers = 512;

    private readonly Lock _lock = new();
    private readonly Records.AgingCache<Fixed32, UdpEndPoint[]> _relays = new(MaxServers, TimeSpan.Zero);

    /// <summary>At most three nodes; empty if none is known.</summary>
    public IReadOnlyList<UdpEndPoint> Find(Fixed32 publicKey)
    {
        lock (_lock)
        {
            return _relays.TryGet(TimeSpan.Zero, publicKey, out UdpEndPoint[]? relays) ? relays : [];
        }
    }

    /// <summary>Remembers the nodes that the server named, or else the one that it answered through.</summary>
    public void Remember(Fixed32 publicKey, ServerAnswer answer)
    {
        UdpEndPoint[] relays = answer.Payload.RelayAddresses is { Count: > 0 } named
            ? [.. named.Take(PeerRecord.MaxRelayAddresses)]
            : [answer.Reply.Through];
        lock (_lock)
        {
            _relays.Set(TimeSpan.Zero, publicKey, relays);
        }
    }

    /// <summary>Forgets a server that did not answer there.</summary>
    public void Forget(Fixed32 publicKey)
    {
        lock (_lock)
        {
            _relays.Remove(publicKey);
        }
    }
}

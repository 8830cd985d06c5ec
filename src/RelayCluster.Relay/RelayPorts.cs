using System.Diagnostics.Metrics;
using RelayCluster.Relay.Directory;
using RelayCluster.Relay.Lookups;
using RelayCluster.Relay.Policy;

namespace RelayCluster.Relay;

/// <summary>What a relay leaves to its embedder; what is not given has a plain default.</summary>
public sealed class RelayPorts
{
    /// <summary>
    /// Who looks up topics for the sessions; it stays the embedder's. Null for lookups that the sessions of this relay
    /// share, as <see cref="RelayOptions.Lookups"/> says.
    /// </summary>
    public ITopicLookups? Lookups { get; init; }

    /// <summary>
    /// Where the meters <c>RelayCluster.Relay</c> and <c>RelayCluster.Actors</c> come from; null for one of the relay's
    /// own, without figures of its actors.
    /// </summary>
    public IMeterFactory? MeterFactory { get; init; }

    /// <summary>
    /// Where the clients' servers are made known, and sought before the DHT is asked, if the relay's node can connect over
    /// links; null for nowhere.
    /// </summary>
    public IServerDirectory? Directory { get; init; }

    /// <summary>
    /// Who may use the relay, and how much of it; null for everybody, within the limits of <see cref="RelayOptions"/>. It
    /// stays the embedder's.
    /// </summary>
    public IRelayPolicy? Policy { get; init; }
}

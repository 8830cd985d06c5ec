using System.Diagnostics.Metrics;

namespace RelayCluster.Relay;

/// <summary>What a relay leaves to its embedder; what is not given has a plain default.</summary>
public sealed class RelayPorts
{
    /// <summary>
    /// Where the meters <c>RelayCluster.Relay</c> and <c>RelayCluster.Actors</c> come from; null for one of the relay's
    /// own, without figures of its actors.
    /// </summary>
    public IMeterFactory? MeterFactory { get; init; }
}

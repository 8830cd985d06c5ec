using System.Diagnostics.Metrics;

namespace RelayCluster.Relay;

/// <summary>What a relay leaves to its embedder; what is not given has a plain default.</summary>
public sealed class RelayPorts
{
    /// <summary>Where the meter <c>RelayCluster.Relay</c> comes from; null for one of the relay's own.</summary>
    public IMeterFactory? MeterFactory { get; init; }
}

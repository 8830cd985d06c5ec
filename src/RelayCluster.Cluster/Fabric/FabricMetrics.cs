using System.Diagnostics.Metrics;

namespace RelayCluster.Cluster.Fabric;

/// <summary>What the fabric counts; the meter is <c>RelayCluster.Cluster</c>.</summary>
internal sealed class FabricMetrics : IDisposable
{
    private readonly Meter? _own;
    private readonly Histogram<double> _roundTrips;
    private readonly UpDownCounter<int> _connections;

    public FabricMetrics(IMeterFactory? factory)
    {
        Meter meter = factory?.Create(ClusterMetrics.MeterName) ?? (_own = new Meter(ClusterMetrics.MeterName));
        _roundTrips = meter.CreateHistogram<double>(
            "relay.cluster.broker.round_trip", "s", "Time until the broker has confirmed a message.");
        _connections = meter.CreateUpDownCounter<int>(
            "relay.cluster.broker.connections", "{connection}", "1 while the broker can be had, or 0.");
    }

    public void Confirmed(TimeSpan after) => _roundTrips.Record(after.TotalSeconds);

    public void Connected() => _connections.Add(1);

    public void Disconnected() => _connections.Add(-1);

    /// <summary>A factory's meter is the factory's.</summary>
    public void Dispose() => _own?.Dispose();
}

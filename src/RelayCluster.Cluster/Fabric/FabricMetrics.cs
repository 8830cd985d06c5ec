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
            "cluster.broker.round_trip",
            "s",
            "Time until the broker has confirmed a message.",
            null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
            });
        _connections = meter.CreateUpDownCounter<int>(
            "cluster.broker.connections", "{connection}", "1 while the broker can be had, or 0.");
    }

    public void Confirmed(TimeSpan after) => _roundTrips.Record(after.TotalSeconds);

    public void Connected() => _connections.Add(1);

    public void Disconnected() => _connections.Add(-1);

    /// <summary>A factory's meter is the factory's.</summary>
    public void Dispose() => _own?.Dispose();
}

using System.Diagnostics.Metrics;

namespace RelayCluster.Cluster;

/// <summary>What the fleet's part of a node counts; the meter is <c>RelayCluster.Cluster</c>.</summary>
internal sealed class ClusterMetrics : IDisposable
{
    public const string MeterName = "RelayCluster.Cluster";

    private static readonly KeyValuePair<string, object?> ToNode = new("direction", "to_node");
    private static readonly KeyValuePair<string, object?> ToClient = new("direction", "to_client");

    private readonly Meter? _own;
    private readonly Counter<long> _placements;
    private readonly UpDownCounter<int> _splices;
    private readonly Counter<long> _splicedBytes;
    private readonly Counter<long> _lookups;

    public ClusterMetrics(IMeterFactory? factory)
    {
        Meter meter = factory?.Create(MeterName) ?? (_own = new Meter(MeterName));
        _placements = meter.CreateCounter<long>(
            "cluster.placements",
            "{session}",
            "Clients that came to this node, by where their sessions went: here, elsewhere, or here for want (failed).");
        _splices = meter.CreateUpDownCounter<int>(
            "cluster.splices", "{session}", "Sessions of clients of this node that live on another one.");
        _splicedBytes = meter.CreateCounter<long>(
            "cluster.splice.bytes", "By", "Bytes of such sessions, by direction.");
        _lookups = meter.CreateCounter<long>(
            "cluster.lookups",
            "{lookup}",
            "Lookups for which a topic's owner was asked, by who answered in the end: owner, or self.");
    }

    public void Placed(string outcome) => _placements.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void SpliceOpened() => _splices.Add(1);

    public void SpliceClosed() => _splices.Add(-1);

    public void SplicedToNode(long bytes) => _splicedBytes.Add(bytes, ToNode);

    public void SplicedToClient(long bytes) => _splicedBytes.Add(bytes, ToClient);

    public void LookupAnswered(string by) => _lookups.Add(1, new KeyValuePair<string, object?>("by", by));

    /// <summary>A factory's meter is the factory's.</summary>
    public void Dispose() => _own?.Dispose();
}

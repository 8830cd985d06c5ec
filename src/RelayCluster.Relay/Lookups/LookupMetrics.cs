using System.Diagnostics.Metrics;

namespace RelayCluster.Relay.Lookups;

/// <summary>
/// What is counted of lookups: how many ask, how many of them share a query that is under way or are given what was
/// kept, and how many queries of the DHT that leaves. The asker is a session, or a node of the fleet.
/// </summary>
internal sealed class LookupMetrics : IDisposable
{
    private readonly Meter? _own;
    private readonly Counter<long> _asked;
    private readonly Counter<long> _shared;
    private readonly Counter<long> _kept;
    private readonly Counter<long> _run;
    private readonly KeyValuePair<string, object?> _asker;

    public LookupMetrics(IMeterFactory? factory, LookupPlace place)
    {
        Meter meter = factory?.Create(RelayMetrics.MeterName) ?? (_own = new Meter(RelayMetrics.MeterName));
        _asker = new("asker", place == LookupPlace.AtOwner ? "node" : "session");
        _asked = meter.CreateCounter<long>("relay.lookups.asked", "{lookup}", "Lookups that were asked for, by asker.");
        _shared = meter.CreateCounter<long>(
            "relay.lookups.shared", "{lookup}", "Lookups that joined one under way, by asker.");
        _kept = meter.CreateCounter<long>(
            "relay.lookups.kept", "{lookup}", "Lookups that were given an answer that was kept, by asker.");
        _run = meter.CreateCounter<long>("relay.lookups.run", "{lookup}", "Lookups that asked the DHT.");
    }

    public void Asked() => _asked.Add(1, _asker);

    public void Shared() => _shared.Add(1, _asker);

    public void Kept() => _kept.Add(1, _asker);

    public void Run() => _run.Add(1);

    /// <summary>A factory's meter is the factory's.</summary>
    public void Dispose() => _own?.Dispose();
}

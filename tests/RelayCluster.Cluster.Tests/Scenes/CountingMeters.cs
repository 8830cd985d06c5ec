using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RelayCluster.Cluster.Tests.Scenes;

/// <summary>Adds up what instruments count, by name and first tag: <c>relay.cluster.placements/here</c>.</summary>
internal sealed class CountingMeters : IMeterFactory
{
    private readonly ConcurrentDictionary<string, long> _sums = [];
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener = new();

    public CountingMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Contains(instrument.Meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public long this[string name] => _sums.GetValueOrDefault(name);

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meters.ForEach(meter => meter.Dispose());
    }

    private void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string name = tags.IsEmpty ? instrument.Name : $"{instrument.Name}/{tags[0].Value}";
        _sums.AddOrUpdate(name, value, (_, sum) => sum + value);
    }
}

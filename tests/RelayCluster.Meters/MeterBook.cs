using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RelayCluster.Meters;

/// <summary>
/// A factory of meters that keeps a book of what their instruments say: the sum of a counter, the count of a
/// histogram's values, the last value of what is observed.
/// </summary>
public sealed class MeterBook : IMeterFactory
{
    private readonly ConcurrentDictionary<string, Meter> _meters = new();
    private readonly ConcurrentDictionary<string, double> _figures = new();
    private readonly MeterListener _listener = new();

    public MeterBook()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>
    /// What an instrument says by now; 0 if it has said nothing. With tags: <c>udx.packets{direction=sent}</c>; without
    /// them it is the sum over all that it has said.
    /// </summary>
    public double this[string instrument]
    {
        get
        {
            _listener.RecordObservableInstruments();
            string tagged = instrument + '{';
            return _figures
                .Where(figure => figure.Key == instrument || figure.Key.StartsWith(tagged, StringComparison.Ordinal))
                .Sum(static figure => figure.Value);
        }
    }

    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return _meters.GetOrAdd(options.Name, static (name, book) => new Meter(name, null, null, book), this);
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (Meter meter in _meters.Values)
        {
            meter.Dispose();
        }
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string name = instrument.Name;
        for (int i = 0; i < tags.Length; i++)
        {
            name += $"{(i == 0 ? '{' : ',')}{tags[i].Key}={tags[i].Value}{(i == tags.Length - 1 ? "}" : "")}";
        }

        if (instrument.IsObservable)
        {
            _figures[name] = value;
        }
        else
        {
            double change = instrument is Histogram<double> ? 1 : value;
            _figures.AddOrUpdate(name, change, (_, sum) => sum + change);
        }
    }
}

using System.Diagnostics.Metrics;
using RelayCluster.Relay.Sessions;

namespace RelayCluster.Relay;

/// <summary>What the relay counts; the meter is <c>RelayCluster.Relay</c>.</summary>
internal sealed class RelayMetrics : IDisposable
{
    public const string MeterName = "RelayCluster.Relay";

    private static readonly KeyValuePair<string, object?> ToPeer = new("direction", "to_peer");
    private static readonly KeyValuePair<string, object?> ToClient = new("direction", "to_client");

    /// <summary>In seconds; what is slower than the last is given up before.</summary>
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private readonly Meter? _own;
    private readonly UpDownCounter<int> _sessions;
    private readonly Counter<long> _sessionEnds;
    private readonly UpDownCounter<int> _streams;
    private readonly Counter<long> _streamEnds;
    private readonly UpDownCounter<int> _servers;
    private readonly UpDownCounter<int> _queriesUnderWay;
    private readonly Histogram<double> _dials;
    private readonly Counter<long> _joins;
    private readonly Histogram<double> _queries;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _messages;
    private readonly UpDownCounter<int> _paused;
    private readonly Counter<long> _refusals;
    private readonly Counter<double> _throttled;
    private int _openStreams;
    private int _openServers;
    private int _openQueries;
    private long _relayedBytes;

    public RelayMetrics(IMeterFactory? factory)
    {
        Meter meter = factory?.Create(MeterName) ?? (_own = new Meter(MeterName));
        _sessions = meter.CreateUpDownCounter<int>(
            "relay.sessions", "{session}", "Sessions that are open.");
        _sessionEnds = meter.CreateCounter<long>(
            "relay.session.ends", "{session}", "Sessions that ended, by reason.");
        _streams = meter.CreateUpDownCounter<int>(
            "relay.streams", "{stream}", "Streams that are being dialled or open.");
        _streamEnds = meter.CreateCounter<long>(
            "relay.stream.ends", "{stream}", "Streams that ended, by the side that ended them.");
        _servers = meter.CreateUpDownCounter<int>(
            "relay.servers", "{server}", "Servers of clients, those that are being announced or taken back included.");
        _queriesUnderWay = meter.CreateUpDownCounter<int>(
            "relay.queries", "{query}", "Lookups, announces and unannounces of clients that are under way.");
        _dials = meter.CreateHistogram<double>(
            "relay.dial.duration", "s", "Time to connect to a peer, by result.", null, Durations);
        _joins = meter.CreateCounter<long>(
            "relay.joins", "{connect}", "Connects to servers of this relay or its fleet, past the DHT, by result.");
        _queries = meter.CreateHistogram<double>(
            "relay.query.duration",
            "s",
            "Time of lookups, announces and unannounces that ended by themselves, by kind.",
            null,
            Durations);
        _bytes = meter.CreateCounter<long>(
            "relay.bytes", "By", "Payload bytes relayed, by direction.");
        _messages = meter.CreateCounter<long>(
            "relay.messages", "{message}", "Stream messages relayed, by direction.");
        _paused = meter.CreateUpDownCounter<int>(
            "relay.sessions.paused", "{session}", "Sessions that are not read because they have used up a budget.");
        _refusals = meter.CreateCounter<long>(
            "relay.refusals", "{refusal}", "What clients and their peers were refused, by kind and reason.");
        _throttled = meter.CreateCounter<double>(
            "relay.throttled", "s", "Time that nothing was read for the sake of a rate, of all sessions and streams.");
    }

    /// <summary>The same figures for the relay's own use: a collector's are the collector's.</summary>
    public RelayActivity Describe(int sessions) => new(
        sessions,
        Volatile.Read(ref _openStreams),
        Volatile.Read(ref _openServers),
        Volatile.Read(ref _openQueries),
        Interlocked.Read(ref _relayedBytes));

    public void SessionOpened() => _sessions.Add(1);

    public void SessionEnded(SessionEnd end)
    {
        _sessions.Add(-1);
        if (_sessionEnds.Enabled)
        {
            _sessionEnds.Add(1, new KeyValuePair<string, object?>("reason", end.ToString()));
        }
    }

    public void StreamStarted()
    {
        Interlocked.Increment(ref _openStreams);
        _streams.Add(1);
    }

    public void StreamEnded(string by)
    {
        Interlocked.Decrement(ref _openStreams);
        _streams.Add(-1);
        if (_streamEnds.Enabled)
        {
            _streamEnds.Add(1, new KeyValuePair<string, object?>("by", by));
        }
    }

    public void ServerStarted()
    {
        Interlocked.Increment(ref _openServers);
        _servers.Add(1);
    }

    public void ServerStopped()
    {
        Interlocked.Decrement(ref _openServers);
        _servers.Add(-1);
    }

    public void QueryStarted()
    {
        Interlocked.Increment(ref _openQueries);
        _queriesUnderWay.Add(1);
    }

    public void QueryStopped()
    {
        Interlocked.Decrement(ref _openQueries);
        _queriesUnderWay.Add(-1);
    }

    public void Dialled(TimeSpan duration, string result)
    {
        if (_dials.Enabled)
        {
            _dials.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("result", result));
        }
    }

    public void Joined(string result)
    {
        if (_joins.Enabled)
        {
            _joins.Add(1, new KeyValuePair<string, object?>("result", result));
        }
    }

    public void Queried(TimeSpan duration, string kind)
    {
        if (_queries.Enabled)
        {
            _queries.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
        }
    }

    public void RelayedToPeer(int bytes)
    {
        Interlocked.Add(ref _relayedBytes, bytes);
        _bytes.Add(bytes, ToPeer);
        _messages.Add(1, ToPeer);
    }

    public void RelayedToClient(int bytes)
    {
        Interlocked.Add(ref _relayedBytes, bytes);
        _bytes.Add(bytes, ToClient);
        _messages.Add(1, ToClient);
    }

    public void ReadingPaused(bool isPaused) => _paused.Add(isPaused ? 1 : -1);

    /// <param name="kind">Of what: a session, a stream, a server, a query, a peer of a server.</param>
    /// <param name="reason">As a policy tells it.</param>
    public void Refused(string kind, string reason)
    {
        if (_refusals.Enabled)
        {
            _refusals.Add(1, new("kind", kind), new("reason", reason));
        }
    }

    public void Throttled(TimeSpan duration) => _throttled.Add(duration.TotalSeconds);

    /// <summary>A factory's meter is the factory's.</summary>
    public void Dispose() => _own?.Dispose();
}

using RelayCluster.Relay;

namespace RelayCluster.Cluster.Membership;

/// <summary>
/// How much a relay has to do, as the fleet is told it. Asked by one caller at a time, about each second.
/// </summary>
/// <param name="activity">What the relay is doing.</param>
/// <param name="timeProvider">The clock of the rate.</param>
internal sealed class RelayLoad(Func<RelayActivity> activity, TimeProvider timeProvider)
{
    /// <summary>Over less time a rate says little.</summary>
    private static readonly TimeSpan ShortestSpan = TimeSpan.FromMilliseconds(500);

    private long _since = timeProvider.GetTimestamp();
    private long _bytes;
    private double _bytesPerSecond;

    /// <summary>The figures now; the rate is the one since it was last taken.</summary>
    public NodeLoad Measure()
    {
        RelayActivity now = activity();
        TimeSpan span = timeProvider.GetElapsedTime(_since);
        if (span >= ShortestSpan)
        {
            _bytesPerSecond = (now.Bytes - _bytes) / span.TotalSeconds;
            _bytes = now.Bytes;
            _since = timeProvider.GetTimestamp();
        }

        return new NodeLoad
        {
            Sessions = now.Sessions,
            Streams = now.Streams,
            Servers = now.Servers,
            Queries = now.Queries,
            BytesPerSecond = _bytesPerSecond,
        };
    }
}

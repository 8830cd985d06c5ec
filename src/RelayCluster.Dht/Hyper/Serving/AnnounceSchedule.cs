using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>
/// When a server announces itself, and where it is announced. A state machine; <see cref="Announcer"/> does what it
/// says.
/// <code>
///            ┌──────────────────────── 5 min, or too many pings lost, or asked for ─────────────────────┐
///            ▼                                                                                          │
///   Refresh: closest nodes, announce at three ──some took it──► Wait ──3 s──► Ping each ──answers──► Wait
///            ▲        │
///            └────────┴ none took it: again in 3 s, 6 s, 12 s ... 1 min
/// </code>
/// <para>
/// The nodes relay clients' handshakes to the address that the announcement came from, so the pings do two things: they
/// show that the nodes are still there, and keep the way from them to us open in the NAT between, whose mappings last
/// some 30 s and not longer.
/// </para>
/// <para>
/// After a refresh the nodes that are not among the closest any more are told to forget us. Where no node took the
/// announcement, we are more likely cut off than unwanted, so the former nodes stay ours: when the network is back they
/// still know us. Source for the times and numbers: hyperdht 6.34, lib/announcer.js.
/// </para>
/// </summary>
internal sealed class AnnounceSchedule
{
    /// <summary>At how many of the closest nodes a server is announced.</summary>
    public const int MaxRelays = 3;

    public static readonly TimeSpan PingPeriod = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan RefreshPeriod = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxRetryPeriod = TimeSpan.FromMinutes(1);

    private TimeSpan _refreshAt = TimeSpan.Zero;
    private TimeSpan _pingAt = TimeSpan.MaxValue;
    private TimeSpan _retryPeriod = PingPeriod;

    /// <summary>Where the server is announced: each node's address, and ours as it sees it.</summary>
    public IReadOnlyList<RelayInfo> Relays { get; private set; } = [];

    /// <summary>When to ask for the next step.</summary>
    public TimeSpan NextTimeout => _pingAt < _refreshAt ? _pingAt : _refreshAt;

    public AnnounceStep GetStep(TimeSpan now) =>
        now >= _refreshAt ? AnnounceStep.Refresh
        : now >= _pingAt ? AnnounceStep.Ping
        : AnnounceStep.Wait;

    /// <summary>Our address or the network changed: announce anew at once.</summary>
    public void Refresh(TimeSpan now) => _refreshAt = now;

    /// <summary>A refresh ended.</summary>
    /// <param name="now">The time.</param>
    /// <param name="relays">The nodes that took the announcement.</param>
    /// <returns>The nodes that are to forget us.</returns>
    public IReadOnlyList<UdpEndPoint> HandleRefreshed(TimeSpan now, IReadOnlyList<RelayInfo> relays)
    {
        if (relays.Count == 0)
        {
            _refreshAt = now + _retryPeriod;
            _retryPeriod = TimeSpan.FromTicks(Math.Min(_retryPeriod.Ticks * 2, MaxRetryPeriod.Ticks));
            _pingAt = TimeSpan.MaxValue;
            return [];
        }

        UdpEndPoint[] former = [.. Relays.Select(r => r.RelayAddress).Except(relays.Select(r => r.RelayAddress))];
        Relays = relays;
        _retryPeriod = PingPeriod;
        _refreshAt = now + RefreshPeriod;
        _pingAt = now + PingPeriod;
        return former;
    }

    /// <summary>The pings ended.</summary>
    /// <param name="now">The time.</param>
    /// <param name="answers">How many of the nodes answered.</param>
    public void HandlePings(TimeSpan now, int answers)
    {
        _pingAt = now + PingPeriod;
        if (answers < Math.Min(Relays.Count, MaxRelays))
        {
            Refresh(now);
        }
    }
}

using System.Diagnostics.CodeAnalysis;

namespace RelayCluster.Cluster.Membership;

/// <summary>
/// Who is in the fleet, as one node sees it, told by what the others say and by how long they are silent:
/// <code>
///             status            silent 1.5 s              silent 4 s, or known to be gone, or it says so
/// (unknown) ----------> known ---------------> suspected ------------------------------------------------> down
///                         ^       status           |                                                         |
///                         +------------------------+                    a newer status                       |
///                         +----------------------------------------------------------------------------------+
/// </code>
/// A suspect is for the owner to ask after: nothing has changed yet for others. What is down stays to be shown, and is
/// forgotten in the end. Statuses of one instance are numbered, so one that was overtaken does not wake the dead;
/// another instance under a known name is the node started anew, which ends all that was known of the former one.
/// </summary>
internal sealed class MembershipTable
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<SightingChange> _changes = new();
    private readonly Queue<string> _suspects = new();

    /// <summary>When <see cref="HandleTimeout"/> is next due; null if never.</summary>
    public TimeSpan? NextTimeout => _entries.Count == 0 ? null : _entries.Values.Min(Deadline);

    /// <summary>All that are known, those that are down included.</summary>
    public IEnumerable<Sighting> Sightings => _entries.Values.Select(entry => entry.Last);

    public void HandleStatus(TimeSpan now, NodeStatus status)
    {
        var sighting = new Sighting(status, status.State, now);
        if (!_entries.TryGetValue(status.Name, out Entry? entry))
        {
            Meet(sighting);
        }
        else if (entry.Last.Status.Instance != status.Instance)
        {
            End(entry, now);
            Meet(sighting);
        }
        else if (status.Number > entry.Last.Status.Number)
        {
            entry.IsSuspected = false;
            See(entry, sighting);
        }
    }

    /// <summary>The engine says that there is no such node any more.</summary>
    public void HandleGone(TimeSpan now, string name)
    {
        if (_entries.TryGetValue(name, out Entry? entry))
        {
            End(entry, now);
        }
    }

    public void HandleTimeout(TimeSpan now)
    {
        foreach ((string name, Entry entry) in _entries.Where(pair => Deadline(pair.Value) <= now).ToArray())
        {
            if (entry.Last.State == MemberState.Down)
            {
                _entries.Remove(name);
            }
            else if (now - entry.Last.HeardAt >= MembershipTimes.DownAfter)
            {
                End(entry, now);
            }
            else
            {
                entry.IsSuspected = true;
                _suspects.Enqueue(name);
            }
        }
    }

    /// <summary>What has changed, in the order in which it did.</summary>
    public bool TryReadChange(out SightingChange change) => _changes.TryDequeue(out change);

    /// <summary>Who should be asked whether it is there.</summary>
    public bool TryReadSuspect([NotNullWhen(true)] out string? name) =>
        _suspects.TryDequeue(out name);

    /// <summary>A node that says good-bye before it was met is none to remember.</summary>
    private void Meet(Sighting sighting)
    {
        if (sighting.State != MemberState.Down)
        {
            _entries[sighting.Status.Name] = new Entry(sighting);
            _changes.Enqueue(new SightingChange(null, sighting));
        }
    }

    private void End(Entry entry, TimeSpan now)
    {
        if (entry.Last.State != MemberState.Down)
        {
            See(entry, entry.Last with { State = MemberState.Down });
            entry.DownAt = now;
        }
    }

    private void See(Entry entry, Sighting sighting)
    {
        Sighting before = entry.Last;
        entry.Last = sighting;
        entry.DownAt = sighting.State == MemberState.Down ? entry.DownAt ?? sighting.HeardAt : null;
        if (before.State != sighting.State)
        {
            _changes.Enqueue(new SightingChange(before, sighting));
        }
    }

    private static TimeSpan Deadline(Entry entry) => entry.DownAt is { } downAt
        ? downAt + MembershipTimes.ForgetAfter
        : entry.Last.HeardAt + (entry.IsSuspected ? MembershipTimes.DownAfter : MembershipTimes.SuspectAfter);

    private sealed class Entry(Sighting met)
    {
        public Sighting Last { get; set; } = met;

        public bool IsSuspected { get; set; }

        public TimeSpan? DownAt { get; set; }
    }
}

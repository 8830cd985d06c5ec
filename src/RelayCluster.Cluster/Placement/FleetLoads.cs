using RelayCluster.Cluster.Membership;

namespace RelayCluster.Cluster.Placement;

/// <summary>
/// What this node knows of the others that take sessions: what each said last, be it in its status, which comes every
/// second, or in the answer to a question of ours, which is newer and so counts what came between, and the sessions that
/// are on their way there from here, which it has not counted yet: many clients come at once when another node dies, and
/// must not all be sent to the same emptiest one. Not safe for several threads.
/// </summary>
internal sealed class FleetLoads
{
    private readonly Dictionary<string, Known> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _sent = new(StringComparer.Ordinal);

    /// <summary>All that take sessions.</summary>
    public IEnumerable<SessionLoad> Nodes => _nodes.Values.Select(known =>
        known.Load with { Sessions = known.Load.Sessions + _sent.GetValueOrDefault(known.Load.Node) });

    /// <summary>The fleet as it stands now; a status that was there before says nothing new.</summary>
    public void HandleMembers(IReadOnlyList<Member> members)
    {
        HashSet<string> gone = [.. _nodes.Keys];
        foreach (Member member in members)
        {
            if (!TakesSessions(member))
            {
                continue;
            }

            gone.Remove(member.Name);
            if (!_nodes.TryGetValue(member.Name, out Known known) || known.Status != member.Status)
            {
                var load = new SessionLoad(member.Name, member.Status.Load.Placed, member.Status.Load.Capacity);
                _nodes[member.Name] = new Known(load, member.Status);
            }
        }

        foreach (string name in gone)
        {
            _nodes.Remove(name);
        }
    }

    /// <summary>A node answered.</summary>
    public void HandleAnswer(SessionLoad load)
    {
        if (_nodes.TryGetValue(load.Node, out Known known))
        {
            _nodes[load.Node] = known with { Load = load };
        }
    }

    /// <summary>A session is sent to a node, which is to answer.</summary>
    public void HandleSent(string node) => _sent[node] = _sent.GetValueOrDefault(node) + 1;

    /// <summary>It has answered, and counts the session if it took it, or will not answer.</summary>
    public void HandleArrived(string node)
    {
        if (--_sent[node] == 0)
        {
            _sent.Remove(node);
        }
    }

    private static bool TakesSessions(Member member) =>
        !member.IsSelf && member.State == MemberState.Up && member.Status.Load.Capacity > 0;

    private readonly record struct Known(SessionLoad Load, NodeStatus Status);
}

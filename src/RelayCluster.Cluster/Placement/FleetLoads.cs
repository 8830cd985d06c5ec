namespace RelayCluster.Cluster.Placement;

/// <summary>
/// What this node knows of the others that take sessions: what each last said, be it in its status, which comes every
/// second, or in the answer to our last question, which is newer and so counts what came between. Not safe for several
/// threads.
/// </summary>
internal sealed class FleetLoads
{
    private readonly SortedDictionary<string, SessionLoad> _nodes = new(StringComparer.Ordinal);

    /// <summary>All that take sessions.</summary>
    public IReadOnlyCollection<SessionLoad> Nodes => _nodes.Values;

    /// <summary>A node told how it stands.</summary>
    public void HandleLoad(SessionLoad load) => _nodes[load.Node] = load;

    /// <summary>A node is not there any more, or takes no sessions.</summary>
    public void HandleGone(string node) => _nodes.Remove(node);
}

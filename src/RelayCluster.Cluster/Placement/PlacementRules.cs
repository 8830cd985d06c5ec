namespace RelayCluster.Cluster.Placement;

/// <summary>
/// The decisions of placement, without question or clock. A session goes through them in this order:
/// <code>
/// StaysHere ── yes ──► here
///     │ no
///     ▼
/// the owner of the session's random key is asked, with the fleet's even share
///     │
/// IsWithin (the owner's own answer) ── yes ──► there
///     │ no
///     ▼
/// FindEmptiest ──► there
/// </code>
/// Random keys alone do not spread evenly: with 300 over three nodes, two tries of five leave a node more than a tenth
/// off. So an owner that has its share already says so, and the session goes to the emptiest node: no node is further
/// above the even share than <see cref="ShareSlack"/> and one session. When the owner is asked, what the asker knows of
/// the others is at most a second old, and includes all that it placed itself.
/// </summary>
internal static class PlacementRules
{
    /// <summary>What an owner may have beyond the even share, so that most sessions need one question only.</summary>
    public const double ShareSlack = 0.02;

    /// <summary>Whether a session is served where it landed, without asking anybody.</summary>
    /// <param name="mode">How sessions are placed.</param>
    /// <param name="balanceMargin">When balanced: how much fuller than the fleet is still well, as a share.</param>
    /// <param name="self">This node; null if it takes no sessions.</param>
    /// <param name="others">The other nodes that take some.</param>
    public static bool StaysHere(
        PlacementMode mode,
        double balanceMargin,
        SessionLoad? self,
        IReadOnlyCollection<SessionLoad> others)
    {
        if (others.Count == 0)
        {
            return true;
        }

        // a node that takes none, for it is draining, hands on what comes all the same
        if (self is not { } here)
        {
            return false;
        }

        return mode switch
        {
            PlacementMode.Local => true,
            PlacementMode.Balanced =>
                here.HasRoom && here.Share <= GetEvenShare([here, .. others], more: 0) + balanceMargin,
            _ => false,
        };
    }

    /// <summary>How full all nodes are when some more sessions are evenly spread over them.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="more">The sessions that are being placed at this moment.</param>
    public static double GetEvenShare(IEnumerable<SessionLoad> nodes, int more)
    {
        (long sessions, long capacity) = nodes.Aggregate(
            (0L, 0L), (sum, node) => (sum.Item1 + node.Sessions, sum.Item2 + node.Capacity));
        return (double)(sessions + more) / capacity;
    }

    /// <summary>Whether a node that owns the session's key has less than its share.</summary>
    public static bool IsWithin(double evenShare, SessionLoad owner) =>
        owner.HasRoom && owner.Sessions <= evenShare * owner.Capacity * (1 + ShareSlack);

    /// <summary>The node that has the most room in relation to its capacity; null if none has any.</summary>
    public static string? FindEmptiest(IEnumerable<SessionLoad> nodes) =>
        nodes.Where(node => node.HasRoom).OrderBy(node => node.Share).Select(node => node.Node).FirstOrDefault();
}

using RelayCluster.Relay.Administration;

namespace RelayCluster.Cluster.Administration;

/// <summary>A session's tree in pieces that are each a tree with some of the parts.</summary>
internal static class SessionPieces
{
    /// <summary>At least one piece, each with at most so many parts of a kind.</summary>
    public static IEnumerable<SessionTree> Cut(SessionTree tree, int size)
    {
        int length = Math.Max(tree.Streams.Count, Math.Max(tree.Servers.Count, tree.Queries.Count));
        for (int start = 0; start == 0 || start < length; start += size)
        {
            yield return tree with
            {
                Servers = [.. tree.Servers.Skip(start).Take(size)],
                Streams = [.. tree.Streams.Skip(start).Take(size)],
                Queries = [.. tree.Queries.Skip(start).Take(size)],
            };
        }
    }

    /// <summary>What was cut, put together again.</summary>
    public static SessionTree Join(SessionTree first, SessionTree next) => next with
    {
        Servers = [.. first.Servers, .. next.Servers],
        Streams = [.. first.Streams, .. next.Streams],
        Queries = [.. first.Queries, .. next.Queries],
    };
}

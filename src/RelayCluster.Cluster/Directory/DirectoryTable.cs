using System.Diagnostics.CodeAnalysis;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Directory;

/// <summary>
/// The servers of all other nodes: a state machine that is told what they tell, and says whom to ask for a snapshot.
/// <code>
///   message 4 ──► 5 ──► 6 ──► 8: one is missing ──► ask the node for all it has ──► at 9 ──► 10 ──► ...
///   digest  6: nothing missed     digest 7: so
///   another incarnation: all anew         the node is down: forgotten
/// </code>
/// What is known of a node holds while it is asked: a stale entry costs a client a moment. A node that cannot be asked is
/// asked again when it tells something. Not for several threads.
/// </summary>
internal sealed class DirectoryTable
{
    /// <summary>How many nodes it has at most: more than a fleet.</summary>
    public const int MaxNodes = 1024;

    private readonly Dictionary<string, NodeServers> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly Queue<string> _toAsk = new();

    /// <summary>How many servers are known, those with the same key on several nodes counted for each.</summary>
    public int Count => _nodes.Values.Sum(static node => node.Count);

    /// <summary>A node has told something; true if it was not known before, and so may not know us either.</summary>
    public bool Handle(string node, DirectoryMessage message)
    {
        if (!_nodes.TryGetValue(node, out NodeServers? servers))
        {
            if (_nodes.Count == MaxNodes)
            {
                return false;
            }

            _nodes.Add(node, servers = new NodeServers());
        }

        bool isNew = servers.Handle(message);
        if (servers.IsBehind && _asked.Add(node))
        {
            _toAsk.Enqueue(node);
        }

        return isNew;
    }

    /// <summary>Whom to ask for a snapshot; each is asked until one of the two below is told.</summary>
    public bool TryTakeToAsk([MaybeNullWhen(false)] out string node) => _toAsk.TryDequeue(out node);

    /// <summary>A node has told all that it has.</summary>
    public void HandleSnapshot(string node, IReadOnlyList<DirectoryMessage> parts)
    {
        _asked.Remove(node);
        _nodes.GetValueOrDefault(node)?.HandleSnapshot(parts);
    }

    /// <summary>A node did not answer.</summary>
    public void HandleNoAnswer(string node) => _asked.Remove(node);

    /// <summary>A node is down.</summary>
    public void Forget(string node) => _nodes.Remove(node);

    /// <summary>The nodes that have a server on a key.</summary>
    public string[] Find(Fixed32 key) => [.. _nodes.Where(node => node.Value.Contains(key)).Select(node => node.Key)];
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using RelayCluster.Cluster.Connections.InProcess;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Local;

/// <summary>
/// Joins nodes of one process, and does to them what happens to the nodes of a fleet: one is killed, two do not hear
/// each other, the engine stops and returns. All of it is deterministic: without a wait in a handler, what is told has
/// arrived when the telling returns, and time is the given one.
/// </summary>
public sealed class LocalHub
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LocalFabric> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<(string, string)> _cuts = [];
    private readonly HashSet<LocalCall> _calls = [];
    private bool _isStopped;

    /// <summary>A hub without nodes.</summary>
    /// <param name="timeProvider">The clock of time-outs.</param>
    public LocalHub(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        TimeProvider = timeProvider;
    }

    internal TimeProvider TimeProvider { get; }

    /// <summary>The connections between the nodes.</summary>
    internal InProcessLines Lines { get; } = new();

    /// <summary>Whether the engine can be had.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_lock)
            {
                return !_isStopped;
            }
        }
    }

    /// <summary>A node dies: it is heard of no more, asks to it and of it fail, and its connections are cut.</summary>
    public void Kill(string node)
    {
        LocalFabric? killed;
        lock (_lock)
        {
            _nodes.Remove(node, out killed);
        }

        // The calls first: a handler that is told to stop must not be heard of any more.
        LoseCalls(killed);
        killed?.End();
        Lines.Cut(node);
    }

    /// <summary>Two nodes do not hear each other any more; asks between them time out.</summary>
    public void Cut(string node, string other)
    {
        lock (_lock)
        {
            _cuts.Add(Pair(node, other));
        }
    }

    /// <summary>Two nodes hear each other again.</summary>
    public void Mend(string node, string other)
    {
        lock (_lock)
        {
            _cuts.Remove(Pair(node, other));
        }
    }

    /// <summary>The engine stops: each node is by itself.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
        }

        Lose(_ => true, FabricError.Unreachable);
    }

    /// <summary>The engine is back, and the nodes have returned to it.</summary>
    public void Restart()
    {
        lock (_lock)
        {
            _isStopped = false;
        }
    }

    internal void Join(LocalFabric node)
    {
        lock (_lock)
        {
            if (!_nodes.TryAdd(node.NodeName, node))
            {
                throw FabricFailure.NameTaken(node.NodeName);
            }
        }
    }

    internal void Leave(LocalFabric node)
    {
        lock (_lock)
        {
            if (_nodes.GetValueOrDefault(node.NodeName) == node)
            {
                _nodes.Remove(node.NodeName);
            }
        }

        LoseCalls(node);
    }

    internal bool IsConnected(LocalFabric node)
    {
        lock (_lock)
        {
            return !_isStopped && _nodes.GetValueOrDefault(node.NodeName) == node;
        }
    }

    /// <summary>The nodes that a broadcast reaches.</summary>
    internal IReadOnlyList<LocalFabric> Hearers(LocalFabric of)
    {
        lock (_lock)
        {
            return IsConnected(of) ? [.. _nodes.Values.Where(node => node != of && !IsCut(of, node))] : [];
        }
    }

    internal bool IsCut(LocalFabric node, LocalFabric other)
    {
        lock (_lock)
        {
            return _cuts.Contains(Pair(node.NodeName, other.NodeName));
        }
    }

    /// <exception cref="FabricException">There is no such node, or the asker is by itself.</exception>
    internal LocalCall Call(LocalFabric asker, FabricAddress address, string subject)
    {
        lock (_lock)
        {
            if (!IsConnected(asker))
            {
                throw FabricFailure.Unreachable();
            }

            LocalFabric? answerer = address.Node is { } name
                ? _nodes.GetValueOrDefault(name)
                : FindOwner(address.Region!, address.Key!);
            if (answerer is null)
            {
                throw FabricFailure.NoSuchNode(address);
            }

            var call = new LocalCall(asker, answerer, subject);
            _calls.Add(call);
            return call;
        }
    }

    internal void End(LocalCall call)
    {
        lock (_lock)
        {
            _calls.Remove(call);
        }
    }

    private static (string, string) Pair(string node, string other) =>
        string.CompareOrdinal(node, other) < 0 ? (node, other) : (other, node);

    /// <summary>What a node that is gone answers or asks comes to no end.</summary>
    private void LoseCalls(LocalFabric? gone)
    {
        Lose(call => call.Answerer == gone, FabricError.NodeGone);
        Lose(call => call.Asker == gone, FabricError.Unreachable);
    }

    private void Lose(Predicate<LocalCall> which, FabricError reason)
    {
        LocalCall[] lost;
        lock (_lock)
        {
            lost = [.. _calls.Where(call => which(call))];
        }

        foreach (LocalCall call in lost)
        {
            call.Lose(reason);
        }
    }

    /// <summary>
    /// Weighted rendezvous: each node draws a number for the key, a heavier one a higher one on average, and the
    /// highest has it. So a change of one node moves its keys only. -w / ln(u) is in "Weighted distributed hash tables",
    /// Schindelhauer and Schomaker, 2005.
    /// </summary>
    private LocalFabric? FindOwner(string region, string key) => _nodes.Values
        .Where(node => node.Weight(region) > 0)
        .MaxBy(node => -node.Weight(region) / Math.Log(Draw(node.NodeName, region, key)));

    /// <summary>A number between 0 and 1, neither of them, which is always the same.</summary>
    private static double Draw(string node, string region, string key)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{node}\n{region}\n{key}"));
        return ((BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 11) + 0.5) / (1UL << 53);
    }
}

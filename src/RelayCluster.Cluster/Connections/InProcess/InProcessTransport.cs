using System.Collections.Concurrent;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Connections.InProcess;

/// <summary>
/// Lines between nodes of one process, as pairs of pipes. Disposing it is the node's death to the others: all its lines
/// are cut, whoever dialled them.
/// </summary>
internal sealed class InProcessTransport(InProcessLines others, string node) : INodeTransport
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskSet _serving = new();
    private readonly ConcurrentDictionary<PipedLine, bool> _lines = [];
    private Func<INodeLine, CancellationToken, Task>? _serveAsync;

    public string Node => node;

    public string Address { get; } = $"node:{node}";

    public ValueTask StartAsync(
        Func<INodeLine, CancellationToken, Task> serveAsync,
        CancellationToken cancellationToken)
    {
        _serveAsync = serveAsync;
        return others.TryAdd(this)
            ? ValueTask.CompletedTask
            : throw new FabricException(FabricError.NameTaken, $"there is another node {node} in this process");
    }

    public ValueTask<INodeLine> DialAsync(string address, CancellationToken cancellationToken)
    {
        InProcessTransport other = others.Find(address) ?? throw new IOException($"nobody listens at {address}");
        (PipedLine near, PipedLine far) = PipedLine.CreatePair();
        Keep(near);
        other.Take(far);
        return ValueTask.FromResult<INodeLine>(near);
    }

    /// <summary>Cuts all its lines, and can be reached no more.</summary>
    public void Cut()
    {
        others.Remove(this);
        foreach (PipedLine line in _lines.Keys)
        {
            line.Abort();
        }
    }

    public async ValueTask DisposeAsync()
    {
        others.Remove(this);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _serving.WhenAllAsync().ConfigureAwait(false);
        Cut();
    }

    private void Take(PipedLine line)
    {
        Keep(line);
        _serving.Add(ServeAsync(line));
    }

    /// <summary>Keeps a line until it is disposed, to be cut with the others.</summary>
    private void Keep(PipedLine line)
    {
        _lines.TryAdd(line, true);
        line.OnEnd = () => _lines.TryRemove(line, out _);
    }

    private async Task ServeAsync(PipedLine line)
    {
        await using (line.ConfigureAwait(false))
        {
            await _serveAsync!(line, _stopping.Token).ConfigureAwait(false);
        }
    }
}

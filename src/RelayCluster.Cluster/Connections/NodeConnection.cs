using System.IO.Pipelines;

namespace RelayCluster.Cluster.Connections;

/// <summary>
/// A direct connection between two nodes of a fleet, for one purpose: bytes both ways, with back-pressure. Completing
/// <see cref="Output"/> ends this direction, and the other goes on. Reading and writing after it was cut, by whichever
/// side, fails with <see cref="IOException"/>.
/// </summary>
public sealed class NodeConnection : IDuplexPipe, IAsyncDisposable
{
    private readonly INodeLine _line;

    internal NodeConnection(INodeLine line, string node, ReadOnlyMemory<byte> data)
    {
        _line = line;
        Node = node;
        Data = data;
    }

    /// <summary>The name of the node at the other end.</summary>
    public string Node { get; }

    /// <summary>What it was opened with, in the format of its purpose.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <inheritdoc/>
    public PipeReader Input => _line.Input;

    /// <inheritdoc/>
    public PipeWriter Output => _line.Output;

    /// <summary>Cuts it at once; the other side sees that it was cut.</summary>
    public void Abort() => _line.Abort();

    /// <summary>Ends it: what was written still goes out, if the other side takes it soon.</summary>
    public ValueTask DisposeAsync() => _line.DisposeAsync();
}

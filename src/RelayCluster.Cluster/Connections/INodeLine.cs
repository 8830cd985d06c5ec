using System.IO.Pipelines;

namespace RelayCluster.Cluster.Connections;

/// <summary>
/// Bytes both ways between two nodes. Completing the output ends this direction, and the other goes on; completing it
/// with an error, or <see cref="Abort"/>, cuts both. Reading and writing a line that was cut, by whomever, fails with
/// <see cref="IOException"/>. Disposing it lets what was written go out first, for a moment.
/// </summary>
internal interface INodeLine : IDuplexPipe, IAsyncDisposable
{
    /// <summary>Cuts it at once, such that the other side sees that it was cut. Goes with calls that wait.</summary>
    void Abort();
}

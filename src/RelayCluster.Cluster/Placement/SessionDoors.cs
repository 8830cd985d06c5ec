namespace RelayCluster.Cluster.Placement;

/// <summary>
/// The nodes through which clients of this node's sessions come. A node that leaves closes its door, and with it the
/// sessions behind it. Used from any thread.
/// </summary>
internal sealed class SessionDoors
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CancellationTokenSource> _doors = new(StringComparer.Ordinal);

    /// <summary>Cancelled when the node's door closes; one that comes back has a new one.</summary>
    public CancellationToken Open(string node)
    {
        lock (_lock)
        {
            if (!_doors.TryGetValue(node, out CancellationTokenSource? door))
            {
                _doors.Add(node, door = new CancellationTokenSource());
            }

            return door.Token;
        }
    }

    public async Task CloseAsync(string node)
    {
        CancellationTokenSource? door;
        lock (_lock)
        {
            _doors.Remove(node, out door);
        }

        if (door is not null)
        {
            await door.CancelAsync().ConfigureAwait(false);
            door.Dispose();
        }
    }
}

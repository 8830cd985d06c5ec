using RelayCluster.Wire;

namespace RelayCluster.Relay.Servers;

/// <summary>
/// The keys of all sessions' servers that are ending. The DHT node takes one server for a key, and taking a server back
/// from the DHT lasts a while, so a client that comes back would find its key in use by what is left of its former
/// session. Its new server waits here instead. Used from any thread.
/// </summary>
internal sealed class EndingServers
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Fixed32, Ending> _endings = [];

    public void Add(Fixed32 key)
    {
        lock (_lock)
        {
            if (!_endings.TryGetValue(key, out Ending? ending))
            {
                _endings.Add(key, ending = new Ending());
            }

            ending.Servers++;
        }
    }

    public void Remove(Fixed32 key)
    {
        Ending ending;
        lock (_lock)
        {
            ending = _endings[key];
            if (--ending.Servers > 0)
            {
                return;
            }

            _endings.Remove(key);
        }

        ending.Gone.SetResult();
    }

    /// <summary>Waits until none of the servers on this key is ending. One that is not ending is not waited for.</summary>
    public Task WhenGoneAsync(Fixed32 key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _endings.TryGetValue(key, out Ending? ending)
                ? ending.Gone.Task.WaitAsync(cancellationToken)
                : Task.CompletedTask;
        }
    }

    private sealed class Ending
    {
        public int Servers { get; set; }

        public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

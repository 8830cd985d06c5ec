namespace RelayCluster.Client.Sessions;

/// <summary>
/// How many bytes of the relay's wait here for somebody to read them. While there are too many the session does not read
/// on, and so the relay, and in the end the peers, wait.
/// </summary>
internal sealed class InboundBudget(int maxBytes)
{
    /// <summary>What a message costs beside its payload, so that empty ones do not gather without end.</summary>
    public const int Overhead = 64;

    private readonly Lock _lock = new();
    private long _bytes;
    private TaskCompletionSource? _room;

    public long Bytes => Interlocked.Read(ref _bytes);

    public bool HasRoom => Bytes <= maxBytes;

    public static int CostOf(int payloadBytes) => payloadBytes + Overhead;

    public void Add(int cost)
    {
        lock (_lock)
        {
            _bytes += cost;
        }
    }

    public void Remove(int cost)
    {
        TaskCompletionSource? room = null;
        lock (_lock)
        {
            _bytes -= cost;
            if (HasRoom)
            {
                room = _room;
                _room = null;
            }
        }

        room?.SetResult();
    }

    public Task WhenRoomAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (HasRoom)
            {
                return Task.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancellationToken);
        }
    }
}

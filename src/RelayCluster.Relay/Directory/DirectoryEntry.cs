namespace RelayCluster.Relay.Directory;

/// <summary>A server's place in a directory, which is left once.</summary>
internal sealed class DirectoryEntry(Action leave) : IDisposable
{
    private Action? _leave = leave;

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}

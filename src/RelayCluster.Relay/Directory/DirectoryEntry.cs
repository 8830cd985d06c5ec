namespace RelayCluster.Relay.Directory;

/// <summary>A server's place in a directory, which is left once, however often it is disposed.</summary>
/// <param name="leave">Takes the server out.</param>
public sealed class DirectoryEntry(Action leave) : IDisposable
{
    private Action? _leave = leave;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}

namespace RelayCluster.Host.Forwarding;

/// <summary>
/// One end of a forwarded connection: a stream of bytes, each direction of which ends by itself. One reader and one
/// writer at a time.
/// </summary>
internal interface IEnd : IAsyncDisposable
{
    /// <summary>Faults when the connection broke off; a reader and a writer may wait without seeing that.</summary>
    Task Completion { get; }

    /// <summary>The next bytes; 0 when there are no more.</summary>
    /// <exception cref="IOException">The connection broke off.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends bytes; completes when there is room for more.</summary>
    /// <exception cref="IOException">The connection broke off.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Says that nothing more will be written.</summary>
    ValueTask EndAsync(CancellationToken cancellationToken);

    /// <summary>Cuts both directions, such that who is there sees that it was cut.</summary>
    void Abort();
}

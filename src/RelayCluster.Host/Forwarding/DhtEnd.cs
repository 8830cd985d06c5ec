using RelayCluster.Dht;

namespace RelayCluster.Host.Forwarding;

/// <summary>The end that is a connection of the DHT.</summary>
internal sealed class DhtEnd(DhtStream stream) : IEnd
{
    public Task Completion => stream.Completion;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        stream.ReadAsync(buffer, cancellationToken);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        stream.WriteAsync(bytes, cancellationToken);

    public ValueTask EndAsync(CancellationToken cancellationToken) => stream.EndAsync(cancellationToken);

    public void Abort() => stream.Destroy();

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}

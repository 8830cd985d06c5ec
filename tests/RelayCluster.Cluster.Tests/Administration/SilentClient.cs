using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Tests.Administration;

/// <summary>A client that is connected and says nothing, and hears why it is closed.</summary>
internal sealed class SilentClient : IMessageTransport
{
    private readonly TaskCompletionSource<PooledBuffer?> _leaving =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string RemoteEndPoint => "192.0.2.7:4567";

    /// <summary>Why the relay closed the connection; null: it did not, or said nothing.</summary>
    public CloseReason? Reason { get; private set; }

    /// <summary>The client goes.</summary>
    public void Leave() => _leaving.TrySetResult(null);

    public async ValueTask<PooledBuffer?> ReceiveAsync(CancellationToken cancellationToken) =>
        await _leaving.Task.WaitAsync(cancellationToken);

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    public void Abort() => _leaving.TrySetException(new IOException("cut"));

    public ValueTask CloseAsync(CloseReason reason)
    {
        Reason = reason;
        return DisposeAsync();
    }

    public ValueTask DisposeAsync()
    {
        Leave();
        return ValueTask.CompletedTask;
    }
}

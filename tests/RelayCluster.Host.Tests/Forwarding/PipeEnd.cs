using System.IO.Pipelines;
using RelayCluster.Host.Forwarding;

namespace RelayCluster.Host.Tests.Forwarding;

/// <summary>An end of a splice, the other side of which is the test's.</summary>
internal sealed class PipeEnd : IEnd
{
    private readonly Pipe _incoming = new();
    private readonly Pipe _outgoing = new();
    private readonly TaskCompletionSource _completion = new();

    public Task Completion => _completion.Task;

    public bool IsAborted { get; private set; }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        await _incoming.Reader.AsStream().ReadAsync(buffer, cancellationToken);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        await _outgoing.Writer.WriteAsync(bytes, cancellationToken);

    public ValueTask EndAsync(CancellationToken cancellationToken) => _outgoing.Writer.CompleteAsync();

    public void Abort()
    {
        IsAborted = true;
        _incoming.Reader.CancelPendingRead();
        _outgoing.Writer.CancelPendingFlush();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The other side sends.</summary>
    public async Task FeedAsync(byte[] bytes) => await _incoming.Writer.WriteAsync(bytes);

    /// <summary>The other side ends; with a reason it breaks off under its reader.</summary>
    public void FeedEnd(Exception? reason = null) => _incoming.Writer.Complete(reason);

    /// <summary>The other side breaks off where nobody reads or writes.</summary>
    public void Break(Exception reason) => _completion.SetException(reason);

    /// <summary>What the other side received, up to the end.</summary>
    public async Task<byte[]> ReceiveAllAsync()
    {
        using var all = new MemoryStream();
        await _outgoing.Reader.CopyToAsync(all);
        return all.ToArray();
    }

    /// <summary>What the other side received, as much as that.</summary>
    public async Task<byte[]> ReceiveAsync(int length)
    {
        byte[] bytes = new byte[length];
        await _outgoing.Reader.AsStream().ReadExactlyAsync(bytes);
        return bytes;
    }
}

using System.Threading.Channels;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests;

/// <summary>A stream of which the test is the other side: it gives messages or a failure, and keeps what is written.</summary>
internal sealed class ScriptedStream : DhtStream
{
    private readonly Channel<byte[]> _incoming = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource _completion = new();
    private bool _hasEnded;

    public override bool IsInitiator => true;

    public override Fixed32 PublicKey => default;

    public override Fixed32 RemotePublicKey => default;

    public override ReadOnlyMemory<byte> HandshakeHash => new byte[64];

    public override Task Completion => _completion.Task;

    public List<byte[]> Written { get; } = [];

    public DhtException? WriteFailure { get; set; }

    public bool IsDestroyed { get; private set; }

    protected override bool IsEnded => _hasEnded;

    public void Receive(params byte[][] messages)
    {
        foreach (byte[] message in messages)
        {
            Assert.True(_incoming.Writer.TryWrite(message));
        }
    }

    /// <summary>The other side ends; with a failure it breaks off.</summary>
    public void EndIncoming(DhtException? failure = null) => _incoming.Writer.Complete(failure);

    public override ValueTask WriteMessageAsync(
        ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (WriteFailure is not null)
        {
            throw WriteFailure;
        }

        Written.Add(message.ToArray());
        return ValueTask.CompletedTask;
    }

    public override ValueTask EndAsync(CancellationToken cancellationToken = default)
    {
        _hasEnded = true;
        _completion.TrySetResult();
        return ValueTask.CompletedTask;
    }

    public override void Destroy(Exception? reason = null)
    {
        IsDestroyed = true;
        _completion.TrySetResult();
    }

    protected override async ValueTask<PooledBuffer?> ReadMessageCoreAsync(CancellationToken cancellationToken) =>
        await _incoming.Reader.WaitToReadAsync(cancellationToken) && _incoming.Reader.TryRead(out byte[]? message)
            ? PooledBuffer.CopyOf(message)
            : null;
}

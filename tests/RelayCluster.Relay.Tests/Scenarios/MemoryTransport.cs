using System.Threading.Channels;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Scenarios;

/// <summary>One end of a connection in memory that holds a few frames each way, and then makes the sender
/// wait.</summary>
internal sealed class MemoryTransport : IMessageTransport
{
    private const int FramesOnTheWay = 4;

    /// <summary>As a secret stream has it, but short.</summary>
    public const int LongestFrame = 1024 * 1024;

    private readonly Channel<PooledBuffer> _incoming;
    private readonly Channel<PooledBuffer> _outgoing;
    private long _bytesSent;

    private MemoryTransport(Channel<PooledBuffer> incoming, Channel<PooledBuffer> outgoing)
    {
        _incoming = incoming;
        _outgoing = outgoing;
    }

    public string RemoteEndPoint => "memory:0";

    public int MaxFrameBytes => LongestFrame;

    /// <summary>How many bytes the other end could have received.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Whether nothing more fits until the other end reads.</summary>
    public bool IsFull => _outgoing.Reader.Count >= FramesOnTheWay;

    /// <summary>Whether the other end waits until this end reads.</summary>
    public bool IsRemoteFull => _incoming.Reader.Count >= FramesOnTheWay;

    public bool IsAborted { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>What this end has said in its close.</summary>
    public CloseReason? Reason { get; private set; }

    public static (MemoryTransport Client, MemoryTransport Relay) CreatePair()
    {
        var up = Channel.CreateBounded<PooledBuffer>(FramesOnTheWay);
        var down = Channel.CreateBounded<PooledBuffer>(FramesOnTheWay);
        return (new MemoryTransport(down, up), new MemoryTransport(up, down));
    }

    public async ValueTask<PooledBuffer?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (await _incoming.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_incoming.Reader.TryRead(out PooledBuffer frame))
            {
                return frame;
            }
        }

        return null;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        Assert.InRange(frame.Length, 0, LongestFrame);
        try
        {
            await _outgoing.Writer.WriteAsync(PooledBuffer.CopyOf(frame.Span), cancellationToken);
            Interlocked.Add(ref _bytesSent, frame.Length);
        }
        catch (ChannelClosedException)
        {
            throw new IOException("The connection was cut");
        }
    }

    public void Abort()
    {
        IsAborted = true;
        _incoming.Writer.TryComplete(new IOException("The connection was cut"));
        _outgoing.Writer.TryComplete(new IOException("The connection was cut"));
    }

    public ValueTask CloseAsync(CloseReason reason)
    {
        Reason = reason;
        return DisposeAsync();
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        _incoming.Writer.TryComplete();
        _outgoing.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}

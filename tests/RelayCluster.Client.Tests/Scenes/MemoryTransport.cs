using System.Threading.Channels;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Client.Tests.Scenes;

/// <summary>
/// One end of a pair of transports in memory, which holds some frames and then makes its sender wait, as a socket does.
/// </summary>
internal sealed class MemoryTransport : IMessageTransport
{
    private const int Capacity = 4;

    private readonly Channel<byte[]> _input;
    private readonly Channel<byte[]> _output;
    private readonly CancellationTokenSource _cut;

    private MemoryTransport(Channel<byte[]> input, Channel<byte[]> output, CancellationTokenSource cut)
    {
        _input = input;
        _output = output;
        _cut = cut;
    }

    public string RemoteEndPoint => "memory";

    public static (MemoryTransport Client, MemoryTransport Relay) CreatePair()
    {
        var toRelay = Channel.CreateBounded<byte[]>(Capacity);
        var toClient = Channel.CreateBounded<byte[]>(Capacity);
        var cut = new CancellationTokenSource();
        return (new MemoryTransport(toClient, toRelay, cut), new MemoryTransport(toRelay, toClient, cut));
    }

    public async ValueTask<PooledBuffer?> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token, cancellationToken);
        try
        {
            return await _input.Reader.WaitToReadAsync(both.Token) && _input.Reader.TryRead(out byte[]? frame)
                ? PooledBuffer.CopyOf(frame)
                : null;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("cut", e);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token, cancellationToken);
        try
        {
            await _output.Writer.WriteAsync(frame.ToArray(), both.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new IOException("cut", e);
        }
    }

    /// <summary>Cuts both directions, as a socket that is reset.</summary>
    public void Abort() => _cut.Cancel();

    public ValueTask DisposeAsync()
    {
        _output.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}

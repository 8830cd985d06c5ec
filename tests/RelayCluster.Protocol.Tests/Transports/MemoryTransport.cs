using System.Threading.Channels;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Tests.Transports;

/// <summary>
/// One end of a pair of transports in memory; <see cref="IsStalled"/> makes it one whose other side does not read.
/// </summary>
internal sealed class MemoryTransport : IMessageTransport
{
    private readonly Channel<byte[]> _input;
    private readonly Channel<byte[]> _output;
    private readonly CancellationTokenSource _aborted = new();
    private TaskCompletionSource _flowing = new();

    private MemoryTransport(Channel<byte[]> input, Channel<byte[]> output)
    {
        _input = input;
        _output = output;
        _flowing.SetResult();
    }

    public string RemoteEndPoint => "memory";

    public int MaxFrameBytes { get; set; } = int.MaxValue;

    public bool IsAborted => _aborted.IsCancellationRequested;

    /// <summary>While true, nothing that is sent completes.</summary>
    public bool IsStalled
    {
        set
        {
            if (value)
            {
                _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            else
            {
                _flowing.SetResult();
            }
        }
    }

    public static (MemoryTransport Client, MemoryTransport Relay) CreatePair()
    {
        var toRelay = Channel.CreateUnbounded<byte[]>();
        var toClient = Channel.CreateUnbounded<byte[]>();
        return (new MemoryTransport(toClient, toRelay), new MemoryTransport(toRelay, toClient));
    }

    /// <summary>What the other side has sent, as it came.</summary>
    public async Task<string> ReceiveHexAsync()
    {
        using PooledBuffer? frame = await ReceiveAsync(CancellationToken.None);
        return Convert.ToHexStringLower(frame!.Value.Span);
    }

    public ValueTask SendHexAsync(string hex) => SendAsync(Convert.FromHexString(hex), CancellationToken.None);

    public async ValueTask<PooledBuffer?> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_aborted.Token, cancellationToken);
        try
        {
            return PooledBuffer.CopyOf(await _input.Reader.ReadAsync(both.Token));
        }
        catch (ChannelClosedException e) when (e.InnerException is null)
        {
            return null;
        }
        catch (Exception e) when (e is ChannelClosedException || _aborted.IsCancellationRequested)
        {
            throw new IOException("cut", e);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        try
        {
            await _flowing.Task.WaitAsync(_aborted.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new IOException("cut", e);
        }

        if (!_output.Writer.TryWrite(frame.ToArray()))
        {
            throw new IOException("cut");
        }
    }

    public void Abort()
    {
        if (!_aborted.IsCancellationRequested)
        {
            _aborted.Cancel();
            _output.Writer.TryComplete(new IOException("cut"));
        }
    }

    public ValueTask DisposeAsync()
    {
        _output.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}

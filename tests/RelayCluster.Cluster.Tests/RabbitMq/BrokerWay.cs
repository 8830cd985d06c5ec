using System.Net;
using System.Net.Sockets;
using RelayCluster.TestBroker;

namespace RelayCluster.Cluster.Tests.RabbitMq;

/// <summary>A way to a broker that can be closed, without a word to either side, or be silent.</summary>
internal sealed class BrokerWay(Broker broker) : IAsyncDisposable
{
    private readonly List<Task> _carrying = [];
    private readonly TaskCompletionSource _silence = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource? _closing;
    private Task _accepting = Task.CompletedTask;
    private bool _isSilent;

    /// <summary>Where it begins, open or not.</summary>
    public int Port { get; } = Broker.FreePort();

    public string Address => Broker.AddressAt(Port);

    public void Open()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        _closing = new CancellationTokenSource();
        _accepting = AcceptAsync(listener, _closing.Token);
    }

    /// <summary>Nothing comes through any more, and nobody is told.</summary>
    public void FallSilent() => Volatile.Write(ref _isSilent, true);

    /// <summary>Breaks all connections and takes no new ones.</summary>
    public async Task CloseAsync()
    {
        if (_closing is { } closing)
        {
            _closing = null;
            await closing.CancelAsync();
            await _accepting;
            await Task.WhenAll(_carrying);
            closing.Dispose();
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task AcceptAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        using (listener)
        {
            try
            {
                while (true)
                {
                    TcpClient client = await listener.AcceptTcpClientAsync(cancellationToken);
                    _carrying.Add(CarryAsync(client, cancellationToken));
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    private async Task CarryAsync(TcpClient node, CancellationToken cancellationToken)
    {
        using (node)
        using (var there = new TcpClient())
        {
            await there.ConnectAsync(IPAddress.Loopback, broker.Port, CancellationToken.None);
            await Task.WhenAny(
                PumpAsync(node.GetStream(), there.GetStream(), cancellationToken),
                PumpAsync(there.GetStream(), node.GetStream(), cancellationToken));
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                if (Volatile.Read(ref _isSilent))
                {
                    await _silence.Task.WaitAsync(cancellationToken);
                }

                await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }
}

using System.Net;
using System.Net.Sockets;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Udx.Tests.Interop;

/// <summary>Hands datagrams on between two endpoints, and drops a share of them.</summary>
internal sealed class LossyProxy : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Random _random;
    private readonly double _loss;
    private readonly EndPoint _first;
    private readonly EndPoint _second;
    private readonly Task _running;

    public LossyProxy(UdpEndPoint first, UdpEndPoint second, double loss, int seed)
    {
        _first = first.ToIPEndPoint();
        _second = second.ToIPEndPoint();
        _loss = loss;
        _random = new Random(seed);
        _socket.ReceiveBufferSize = 4 << 20;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = new UdpEndPoint((IPEndPoint)_socket.LocalEndPoint!);
        _running = Task.Run(RunAsync);
    }

    public UdpEndPoint EndPoint { get; }

    public int Dropped { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        byte[] buffer = new byte[2048];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await _socket.ReceiveFromAsync(buffer, _first, _stop.Token);
                if (_random.NextDouble() < _loss)
                {
                    Dropped++;
                    continue;
                }

                EndPoint to = received.RemoteEndPoint.Equals(_first) ? _second : _first;
                await _socket.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), to, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}

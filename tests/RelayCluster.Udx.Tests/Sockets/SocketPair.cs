using System.Diagnostics.Metrics;
using System.Net;
using RelayCluster.Udx.Sockets;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Udx.Tests.Sockets;

/// <summary>Two sockets on loopback, and streams between them. The first one is measured.</summary>
internal sealed class SocketPair : IAsyncDisposable
{
    public SocketPair(bool native = true, IMeterFactory? meterFactory = null)
    {
        A = UdxSocket.Bind(
            new IPEndPoint(IPAddress.Loopback, 0),
            new UdxSocketOptions { UseNativeDriver = native, MeterFactory = meterFactory });
        B = UdxSocket.Bind(
            new IPEndPoint(IPAddress.Loopback, 0),
            new UdxSocketOptions { UseNativeDriver = native });
        A.Start();
        B.Start();
    }

    public UdxSocket A { get; }

    public UdxSocket B { get; }

    public (UdxStream A, UdxStream B) Connect(uint id = 1, UdxStreamOptions? options = null)
    {
        UdxStream a = A.CreateStream(id, options);
        UdxStream b = B.CreateStream(id + 100_000, options);
        a.Connect(b.LocalId, B.LocalEndPoint);
        b.Connect(a.LocalId, A.LocalEndPoint);
        return (a, b);
    }

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
    }
}

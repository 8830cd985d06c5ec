using System.Net;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Udx.Sockets;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Dht.Tests.Hyper.Connecting;

public sealed class RawStreamOverUdxTests : RawStreamTests
{
    private readonly UdxSocket _socket;

    public RawStreamOverUdxTests()
        : this(UdxSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0)))
    {
    }

    private RawStreamOverUdxTests(UdxSocket socket)
        : base(Create(socket, 1, 2), Create(socket, 2, 1))
    {
        _socket = socket;
        socket.Start();
    }

    private protected override async Task CloseNodeAsync() => await _socket.DisposeAsync();

    private static UdxCarrier Create(UdxSocket socket, uint id, uint remoteId)
    {
        UdxStream stream = socket.CreateStream(
            id,
            new UdxStreamOptions { ReceiveWindowBytes = BufferBytes, SendBufferBytes = BufferBytes });
        stream.Connect(remoteId, socket.LocalEndPoint);
        return new UdxCarrier(stream);
    }
}

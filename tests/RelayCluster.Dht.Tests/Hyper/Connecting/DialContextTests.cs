using System.Net;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Links;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Hyper.Connecting;

public sealed class DialContextTests
{
    [Fact]
    public async Task CreateStream_SocketClosed_SaysSoInsteadOfTryingOn()
    {
        UdxSocket socket = UdxSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var context = new DialContext
        {
            Network = new FakeNetwork(),
            Socket = socket,
            TimeProvider = TimeProvider.System,
            SecretStreamOptions = new SecretStreamOptions(),
            StreamBufferBytes = 1 << 16,
            OpenAddress = () => null,
            Nat = () => default,
            LocalAddresses = () => [],
            Links = new LinkCarriers(1 << 16),
            Relays = new KnownRelays(),
        };
        await socket.DisposeAsync();

        DhtException failure = Assert.Throws<DhtException>(() => context.CreateStream(null, (_, _) => true));

        Assert.Equal(DhtError.NodeDestroyed, failure.Error);
    }
}

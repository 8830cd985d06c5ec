using System.Net;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Hyper;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Links;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Dht.Hyper.Serving;
using RelayCluster.Dht.Tests.Hyper.Connecting;
using RelayCluster.Udx.Sockets;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Dht.Tests.Hyper.Serving;

public sealed class AcceptanceTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly UdxSocket _server = UdxSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdxSocket _client = UdxSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public Task InitializeAsync()
    {
        _server.Start();
        _client.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Cancelled_AfterTheAnswer_TellsTheClientThatComes()
    {
        UdxStream stream = _client.CreateStream(7, new UdxStreamOptions());
        using var closing = new CancellationTokenSource();
        using var handshake = new AnsweringHandshake(Payload(stream));

        Task<DhtStream?> accepting = RunAsync(handshake, _ => closing.Cancel(), closing.Token);
        stream.Connect((uint)handshake.Answer!.Udx!.Id, _server.LocalEndPoint);
        await stream.Pipe.Output.WriteAsync(new byte[] { 1 });

        Assert.Equal(UdxStreamOutcome.ResetByPeer, await stream.Completion.WaitAsync(Deadline));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Cancelled_AfterTheAnswer_DoesNotWaitLongForAClientThatDoesNotCome()
    {
        UdxStream stream = _client.CreateStream(7, new UdxStreamOptions());
        using var closing = new CancellationTokenSource();
        using var handshake = new AnsweringHandshake(Payload(stream));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => RunAsync(handshake, _ => closing.Cancel(), closing.Token).WaitAsync(Deadline));
    }

    private static NoisePayload Payload(UdxStream stream) => new()
    {
        Firewall = Firewall.Unknown,
        Udx = new UdxInfo(stream.LocalId, Sequence: 0, IsSocketReusable: false),
        SecretStreamVersion = 1,
    };

    private Task<DhtStream?> RunAsync(AnsweringHandshake handshake, Action<byte[]> answer, CancellationToken closing)
    {
        var context = new DialContext
        {
            Network = new FakeNetwork(),
            Socket = _server,
            TimeProvider = TimeProvider.System,
            SecretStreamOptions = new SecretStreamOptions(),
            StreamBufferBytes = 1 << 16,
            OpenAddress = () => null,
            Nat = () => default,
            LocalAddresses = () => [],
            Links = new LinkCarriers(1 << 16),
            Relays = new KnownRelays(),
        };
        var acceptance = new Acceptance(context, new DhtServerOptions(), new Questions().Relayed(), new ServerPunches());
        return acceptance.RunAsync(handshake, [], answer, closing);
    }
}

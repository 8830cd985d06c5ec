using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Host.Tests.Hosting;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Host.Tests.Endpoints;

/// <summary>A custodial client of our own over a real connection.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    private readonly RelayChannel _channel;
    private readonly KeyPair _keyPair = KeyPair.Generate();

    private TestClient(IMessageTransport transport, RelayDialect dialect)
    {
        _channel = RelayChannel.Open(transport, new RelayChannelOptions { Dialect = dialect });
    }

    public static async Task<TestClient> ConnectWebSocketAsync(
        RunningRelay relay, string scheme = "ws", RelayDialect dialect = RelayDialect.Hyperswarm)
    {
        var socket = new ClientWebSocket();
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, errors) =>
            (errors & SslPolicyErrors.RemoteCertificateNotAvailable) == 0;
        await socket.ConnectAsync(relay.Address("/", scheme), CancellationToken.None).WaitAsync(RunningRelay.Deadline);
        return new TestClient(new WebSocketTransport(socket, "relay"), dialect);
    }

    /// <summary>Over a WebSocket that is open.</summary>
    public static TestClient Over(WebSocket socket) =>
        new(new WebSocketTransport(socket, "relay"), RelayDialect.Hyperswarm);

    /// <summary>Over a secret stream of the dialect's time.</summary>
    public static async Task<TestClient> ConnectTcpAsync(
        RunningRelay relay, RelayDialect dialect = RelayDialect.Hyperswarm, byte[]? preamble = null)
    {
        var options = new SecretStreamOptions
        {
            Generation = dialect == RelayDialect.Web4 ? StreamGeneration.Version5 : StreamGeneration.Current,
        };
        var tcp = new TcpClient();
        await tcp.ConnectAsync(relay.TcpEndPoint);
        await tcp.GetStream().WriteAsync(preamble);
        using KeyPair keyPair = KeyPair.Generate();
        SecretStream stream = await SecretStream
            .HandshakeAsync(new StreamPipe(tcp.GetStream()), isInitiator: true, keyPair, options)
            .AsTask()
            .WaitAsync(RunningRelay.Deadline);
        return new TestClient(new SecretStreamTransport(stream, "relay"), dialect);
    }

    /// <summary>Sees that there is a session, by asking for a peer that there is not.</summary>
    public async Task AssertServedAsync()
    {
        await _channel.SendAsync(new HandshakeMessage(_keyPair.PublicKey, _keyPair));
        await _channel.SendAsync(new ConnectMessage(1, _keyPair.PublicKey, _keyPair, _keyPair.PublicKey));
        DestroyMessage answer = Assert.IsType<DestroyMessage>(await ReadAsync());
        Assert.Equal("PEER_NOT_FOUND: Peer not found", answer.Error);
    }

    public async Task AssertClosedAsync()
    {
        try
        {
            Assert.Null(await ReadAsync());
        }
        catch (IOException)
        {
            // Cut is closed too.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        _keyPair.Dispose();
    }

    private Task<RelayMessage?> ReadAsync() => _channel.ReadAsync().AsTask().WaitAsync(RunningRelay.Deadline);

    private sealed class StreamPipe(NetworkStream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream);

        public PipeWriter Output { get; } = PipeWriter.Create(stream);
    }
}

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using RelayCluster.Host.Tests.Endpoints;
using RelayCluster.Host.Tests.Hosting;

namespace RelayCluster.Host.Tests.Proxies;

/// <summary>Whom the relay believes about where a client comes from, seen by who is served.</summary>
public sealed class TrustedProxiesTests
{
    private const string DenyClient = "policy.addresses.deny = [203.0.113.0/24]";

    [Theory]
    [InlineData("127.0.0.0/8", "203.0.113.7", false)]
    [InlineData("127.0.0.0/8", "203.0.114.7", true)]
    [InlineData("127.0.0.0/8", "203.0.114.7, 203.0.113.7", false)]
    [InlineData("127.0.0.0/8", "203.0.113.7, 203.0.114.7", true)]
    [InlineData("127.0.0.0/8", "203.0.113.7, 127.9.9.9", false)]
    [InlineData("127.0.0.0/8", "203.0.113.7:4711", false)]
    [InlineData("127.0.0.0/8", null, true)]
    [InlineData("10.0.0.0/8", "203.0.113.7", true)]
    [InlineData(null, "203.0.113.7", true)]
    public async Task X_Forwarded_For_counts_if_a_trusted_proxy_says_it(string? proxies, string? header, bool isServed)
    {
        string file = $"{DenyClient}\nproxies = [{(proxies is null ? "" : $"\"{proxies}\"")}]";
        await using RunningRelay relay = await RunningRelay.StartAsync(file: file);
        using var socket = new ClientWebSocket();
        if (header is not null)
        {
            socket.Options.SetRequestHeader("X-Forwarded-For", header);
        }

        await AssertServedAsync(relay, socket, isServed);
    }

    [Theory]
    [InlineData("203.0.113.7", false)]
    [InlineData("203.0.114.7", true)]
    public async Task The_PROXY_protocol_counts_on_the_TCP_port(string source, bool isServed)
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(
            file: $"{DenyClient}\nproxies = [127.0.0.1]\nproxy-protocol.tcp = on");
        var client = new IPEndPoint(IPAddress.Parse(source), 50_000);
        await using TestClient served =
            await TestClient.ConnectTcpAsync(relay, preamble: ProxyHeaders.Binary(client, relay.TcpEndPoint));

        await (isServed ? served.AssertServedAsync() : served.AssertClosedAsync());
    }

    [Theory]
    [InlineData("203.0.113.7", "ws", false)]
    [InlineData("203.0.114.7", "ws", true)]
    [InlineData("203.0.113.7", "wss", false)]
    [InlineData("203.0.114.7", "wss", true)]
    public async Task The_PROXY_protocol_counts_on_the_WebSocket_port_before_TLS(
        string source, string scheme, bool isServed)
    {
        string folder = Directory.CreateTempSubdirectory("relay-proxy-").FullName;
        try
        {
            ListenersTests.WriteCertificate(folder);
            string tls = $"tls {{ certificate = \"{folder}/cert.pem\", key = \"{folder}/key.pem\" }}";
            await using RunningRelay relay = await RunningRelay.StartAsync(
                file: $"{DenyClient}\nproxies = [127.0.0.1]\nproxy-protocol.ws = on\n{(scheme == "wss" ? tls : "")}");
            byte[] header = ProxyHeaders.Line(new IPEndPoint(IPAddress.Parse(source), 50_000), relay.WebSocketEndPoint);
            using HttpMessageInvoker proxy = Proxy(header);
            using var socket = new ClientWebSocket();

            await AssertServedAsync(relay, socket, isServed, scheme, proxy);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Without_trusted_proxies_a_header_of_the_PROXY_protocol_is_a_broken_handshake()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(
            file: "proxies = [10.0.0.0/8]\nproxy-protocol.tcp = on");
        byte[] header = ProxyHeaders.Line(relay.TcpEndPoint, relay.TcpEndPoint);

        await Assert.ThrowsAnyAsync<Exception>(() => TestClient.ConnectTcpAsync(relay, preamble: header));

        await using TestClient plain = await TestClient.ConnectTcpAsync(relay);
        await plain.AssertServedAsync();
    }

    /// <summary>Makes connections that begin with a header.</summary>
    private static HttpMessageInvoker Proxy(byte[] header) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var client = new TcpClient();
            await client.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(header, cancellationToken);
            return stream;
        },
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        },
    });

    private static async Task AssertServedAsync(
        RunningRelay relay, ClientWebSocket socket, bool isServed, string scheme = "ws", HttpMessageInvoker? by = null)
    {
        await socket.ConnectAsync(relay.Address("/", scheme), by, CancellationToken.None)
            .WaitAsync(RunningRelay.Deadline);
        if (isServed)
        {
            await using TestClient client = TestClient.Over(socket);
            await client.AssertServedAsync();
            return;
        }

        WebSocketReceiveResult close =
            await socket.ReceiveAsync(new byte[100], CancellationToken.None).WaitAsync(RunningRelay.Deadline);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, close.CloseStatus);
        Assert.Equal("Clients from this address are not served", close.CloseStatusDescription);
    }
}

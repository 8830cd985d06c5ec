using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.RegularExpressions;
using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Serving;

/// <summary>The end of the process. With real clients in their streams: <c>tests/interop/stop.test.mjs</c>.</summary>
public sealed partial class StoppingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(NativeMethods.SigTerm)]
    [InlineData(NativeMethods.SigInt)]
    public async Task Signal_WhileClientsAreConnected_EndsWithinFiveSeconds(int signal)
    {
        (RelayProcess relay, RelayAddresses addresses) = await RelayProcess.ServeAsync();
        await using (relay)
        {
            await Health.ReadyAsync(addresses);
            using var webSocket = new ClientWebSocket();
            await webSocket.ConnectAsync(addresses.WebSocket, CancellationToken.None);
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(IPAddress.Loopback, addresses.TcpPort);

            relay.Signal(signal);

            int code = await relay.ExitAsync(Limit);
            Assert.True(code == 0, $"{code}:\n{relay.Output}{relay.Error}");
            Assert.Equal(string.Empty, relay.Error);
        }
    }

    [Fact]
    public async Task Sigterm_WithADrain_LetsSessionsLiveUntilASecondOneComes()
    {
        (RelayProcess relay, RelayAddresses addresses) = await RelayProcess.ServeAsync(
            "--drain-timeout", "1h", "--admin-port", "0");
        await using (relay)
        {
            using ClientWebSocket webSocket = await OpenSessionAsync(relay, addresses);

            relay.Signal(NativeMethods.SigTerm);
            await relay.PrintsAsync(Draining());
            using var http = new HttpClient();
            using HttpResponseMessage health = await http.GetAsync(addresses.Http("/health/ready"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
            using var late = new ClientWebSocket();
            await Assert.ThrowsAsync<WebSocketException>(
                () => late.ConnectAsync(addresses.WebSocket, CancellationToken.None));
            Assert.Equal(WebSocketState.Open, webSocket.State);
            relay.Signal(NativeMethods.SigTerm);

            WebSocketReceiveResult close = await webSocket.ReceiveAsync(new byte[100], CancellationToken.None);
            Assert.Equal((WebSocketCloseStatus)1001, close.CloseStatus);
            Assert.Equal(0, await relay.ExitAsync(Limit));
        }
    }

    [Fact]
    public async Task Sigterm_WithADrain_EndsWhenTheLastSessionHasLeft()
    {
        (RelayProcess relay, RelayAddresses addresses) = await RelayProcess.ServeAsync(
            "--drain-timeout", "1h", "--admin-port", "0");
        await using (relay)
        {
            using ClientWebSocket webSocket = await OpenSessionAsync(relay, addresses);
            relay.Signal(NativeMethods.SigTerm);
            await relay.PrintsAsync(Draining());

            await webSocket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

            Assert.Equal(0, await relay.ExitAsync(Limit));
        }
    }

    [Fact]
    public async Task Sigterm_WithADrainThatIsOver_ClosesSessionsWithAReason()
    {
        (RelayProcess relay, RelayAddresses addresses) = await RelayProcess.ServeAsync(
            "--drain-timeout", "1s", "--admin-port", "0");
        await using (relay)
        {
            using ClientWebSocket webSocket = await OpenSessionAsync(relay, addresses);

            relay.Signal(NativeMethods.SigTerm);

            WebSocketReceiveResult close = await webSocket.ReceiveAsync(new byte[100], CancellationToken.None);
            Assert.Equal((WebSocketCloseStatus)1001, close.CloseStatus);
            Assert.StartsWith("The relay ", close.CloseStatusDescription, StringComparison.Ordinal);
            Assert.Equal(0, await relay.ExitAsync(Limit));
        }
    }

    [Fact]
    public async Task Sigterm_RightAfterTheStart_EndsInOrder()
    {
        (RelayProcess relay, _) = await RelayProcess.ServeAsync();
        await using (relay)
        {
            relay.Signal(NativeMethods.SigTerm);

            Assert.Equal(0, await relay.ExitAsync(Limit));
        }
    }

    /// <summary>A session, which is there for sure.</summary>
    private static async Task<ClientWebSocket> OpenSessionAsync(RelayProcess relay, RelayAddresses addresses)
    {
        await Health.ReadyAsync(addresses);
        var webSocket = new ClientWebSocket();
        await webSocket.ConnectAsync(addresses.WebSocket, CancellationToken.None);
        await Sessions.AnyAsync(relay);
        return webSocket;
    }

    [GeneratedRegex("draining: 1 sessions")]
    private static partial Regex Draining();
}

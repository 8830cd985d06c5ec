using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Serving;

/// <summary>The end of the process. With real clients in their streams: <c>tests/interop/stop.test.mjs</c>.</summary>
public sealed class StoppingTests
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
    public async Task Sigterm_RightAfterTheStart_EndsInOrder()
    {
        (RelayProcess relay, _) = await RelayProcess.ServeAsync();
        await using (relay)
        {
            relay.Signal(NativeMethods.SigTerm);

            Assert.Equal(0, await relay.ExitAsync(Limit));
        }
    }
}

using System.Net;
using System.Net.WebSockets;
using RelayCluster.Host.Tests.Hosting;
using RelayCluster.Protocol.Dialects;

namespace RelayCluster.Host.Tests.Endpoints;

public sealed class WebSocketEndpointTests
{
    [Fact]
    public async Task A_client_has_a_session()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        await using TestClient client = await TestClient.ConnectWebSocketAsync(relay);

        await client.AssertServedAsync();
    }

    [Fact]
    public async Task A_client_of_the_older_dialect_has_a_session_beside_others()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        await using TestClient older = await TestClient.ConnectWebSocketAsync(relay, dialect: RelayDialect.Web4);
        await using TestClient newer = await TestClient.ConnectWebSocketAsync(relay);

        await older.AssertServedAsync();
        await newer.AssertServedAsync();
    }

    [Fact]
    public async Task A_client_that_comes_before_the_DHT_node_is_up_waits_for_it()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(new FakeMembership());
        Task<TestClient> connecting = TestClient.ConnectWebSocketAsync(relay);
        Assert.False(connecting.IsCompleted);

        relay.Membership.Join();

        await using TestClient client = await connecting;
        await client.AssertServedAsync();
    }

    [Fact]
    public async Task A_client_that_comes_while_the_relay_stops_is_turned_away()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        await relay.Service.StoppingAsync(CancellationToken.None);

        WebSocketException e = await Assert.ThrowsAsync<WebSocketException>(
            () => TestClient.ConnectWebSocketAsync(relay));
        Assert.Contains("503", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", HttpStatusCode.UpgradeRequired)]
    [InlineData("/other", HttpStatusCode.NotFound)]
    public async Task A_request_that_is_no_WebSocket_is_told_so(string path, HttpStatusCode expected)
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        using var http = new HttpClient { Timeout = RunningRelay.Deadline };

        using HttpResponseMessage response = await http.GetAsync(relay.Address(path));

        Assert.Equal(expected, response.StatusCode);
        Assert.Empty(response.Headers.Server);
    }

    [Fact]
    public async Task A_frame_over_the_limit_ends_its_session_and_no_other()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: "limits.frame = 64KiB");
        await using TestClient other = await TestClient.ConnectWebSocketAsync(relay);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(relay.Address("/", "ws"), CancellationToken.None);

        await socket.SendAsync(new byte[65 * 1024], WebSocketMessageType.Binary, true, CancellationToken.None);

        await AssertClosedAsync(socket);
        await other.AssertServedAsync();
    }

    private static async Task AssertClosedAsync(WebSocket socket)
    {
        try
        {
            WebSocketReceiveResult result = await socket
                .ReceiveAsync(new ArraySegment<byte>(new byte[1024]), CancellationToken.None)
                .WaitAsync(RunningRelay.Deadline);
            Assert.Equal(WebSocketMessageType.Close, result.MessageType);
        }
        catch (WebSocketException)
        {
            // Cut is closed too.
        }
    }
}

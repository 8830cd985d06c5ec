using System.Net.Sockets;
using RelayCluster.Host.Tests.Hosting;
using RelayCluster.Protocol.Dialects;

namespace RelayCluster.Host.Tests.Endpoints;

public sealed class TcpEndpointTests
{
    [Fact]
    public async Task A_client_has_a_session()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        await using TestClient client = await TestClient.ConnectTcpAsync(relay);

        await client.AssertServedAsync();
    }

    [Fact]
    public async Task A_client_of_the_older_dialect_has_a_session_beside_others_over_the_older_secret_stream()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        await using TestClient older = await TestClient.ConnectTcpAsync(relay, RelayDialect.Web4);
        await using TestClient newer = await TestClient.ConnectTcpAsync(relay);

        await older.AssertServedAsync();
        await newer.AssertServedAsync();
    }

    [Fact]
    public async Task A_connection_that_says_something_else_is_closed_and_no_other()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();
        await using TestClient other = await TestClient.ConnectTcpAsync(relay);
        using TcpClient stranger = await ConnectAsync(relay);

        await stranger.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: relay\r\n\r\n"u8.ToArray());

        await AssertClosedAsync(stranger);
        await other.AssertServedAsync();
    }

    [Fact]
    public async Task A_connection_that_says_nothing_is_closed_after_the_handshakes_timeout()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: "limits.handshake-timeout = 100ms");
        using TcpClient silent = await ConnectAsync(relay);

        await AssertClosedAsync(silent);
    }

    [Fact]
    public async Task A_connection_that_says_nothing_does_not_hold_up_the_stop()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: "limits.handshake-timeout = 1m");
        using TcpClient silent = await ConnectAsync(relay);

        // who is served came behind the silent one, which is in its handshake then
        await using TestClient other = await TestClient.ConnectTcpAsync(relay);
        await relay.Service.StoppingAsync(CancellationToken.None);

        await AssertClosedAsync(silent);
    }

    private static async Task<TcpClient> ConnectAsync(RunningRelay relay)
    {
        var client = new TcpClient();
        await client.ConnectAsync(relay.TcpEndPoint);
        return client;
    }

    private static async Task AssertClosedAsync(TcpClient client)
    {
        try
        {
            byte[] buffer = new byte[1024];
            while (await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(RunningRelay.Deadline) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Cut is closed too.
        }
    }
}

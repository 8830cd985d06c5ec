using System.Net.WebSockets;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Membership;
using RelayCluster.Host.Endpoints;
using RelayCluster.Host.Tests.Hosting;
using RelayCluster.Protocol.Dialects;

namespace RelayCluster.Host.Tests.Endpoints;

/// <summary>Two relays, a and b, and clients that all come to a.</summary>
public sealed class PlacedClientsTests : IAsyncLifetime
{
    private readonly LocalHub _hub = new(TimeProvider.System);
    private readonly List<TestClient> _others = [];
    private RunningRelay _a = null!;
    private RunningRelay _b = null!;

    public async Task InitializeAsync()
    {
        _a = await StartAsync("a");
        _b = await StartAsync("b");
        await _a.Cluster.Fleet
            .WaitUntilAsync(members => members.Count(member => member.State == MemberState.Up) == 2)
            .WaitAsync(RunningRelay.Deadline);
    }

    public async Task DisposeAsync()
    {
        foreach (TestClient client in _others)
        {
            await client.DisposeAsync();
        }

        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task Clients_of_either_transport_and_dialect_are_served_by_both_relays()
    {
        for (int i = 0; i < 4; i++)
        {
            _others.Add(await TestClient.ConnectWebSocketAsync(_a));
            _others.Add(await TestClient.ConnectWebSocketAsync(_a, dialect: RelayDialect.Web4));
            _others.Add(await TestClient.ConnectTcpAsync(_a));
            _others.Add(await TestClient.ConnectTcpAsync(_a, RelayDialect.Web4));
        }

        foreach (TestClient client in _others)
        {
            await client.AssertServedAsync();
        }

        Assert.InRange(Count(_b), 7, 9);
        Assert.Equal(16, Count(_a) + Count(_b));
    }

    [Fact]
    public async Task A_relay_that_serves_anothers_client_tells_it_why_it_closes()
    {
        using ClientWebSocket socket = await OpenSessionOfBAsync();

        await _b.Cluster.Drain.DrainAsync(TimeSpan.Zero, CancellationToken.None).WaitAsync(RunningRelay.Deadline);

        await AssertToldWhyAsync(socket);
    }

    [Fact]
    public async Task A_relay_that_stops_has_its_clients_told_why_by_the_one_that_serves_them()
    {
        using ClientWebSocket socket = await OpenSessionOfBAsync();

        Task stopping = _a.Application.StopAsync();

        await AssertToldWhyAsync(socket);
        await stopping.WaitAsync(RunningRelay.Deadline);
    }

    [Fact]
    public async Task A_client_that_closes_is_gone_at_the_relay_that_serves_it()
    {
        using ClientWebSocket socket = await ConnectToBAsync();
        TestClient client = TestClient.Over(socket);
        await client.AssertServedAsync();

        await client.DisposeAsync();

        await UntilClientIsGoneAsync();
    }

    [Fact]
    public async Task A_client_that_vanishes_is_gone_at_the_relay_that_serves_it()
    {
        using ClientWebSocket socket = await ConnectToBAsync();
        await using TestClient client = TestClient.Over(socket);
        await client.AssertServedAsync();

        socket.Abort();

        await UntilClientIsGoneAsync();
    }

    [Fact]
    public async Task A_relay_that_dies_cuts_the_clients_that_it_serves()
    {
        using ClientWebSocket socket = await ConnectToBAsync();
        await using TestClient client = TestClient.Over(socket);
        await client.AssertServedAsync();

        _hub.Kill("b");

        await client.AssertClosedAsync();
        Assert.Null(socket.CloseStatus);
    }

    [Fact]
    public void The_answer_to_a_handshake_is_that_of_the_RFC() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketUpgrade.Answer("dGhlIHNhbXBsZSBub25jZQ=="));

    private Task<RunningRelay> StartAsync(string name) => RunningRelay.StartAsync(
        file: $"cluster {{ node-name = {name}, placement = sharded, placement-timeout = 10s }}", hub: _hub);

    /// <summary>A client of a whose session, at b, has begun.</summary>
    private async Task<ClientWebSocket> OpenSessionOfBAsync()
    {
        ClientWebSocket socket = await ConnectToBAsync();
        await socket.SendAsync(
            await OpeningFrame.MakeAsync(), WebSocketMessageType.Binary, true, CancellationToken.None);
        WebSocketReceiveResult received = await ReceiveAsync(socket);
        Assert.Equal(WebSocketMessageType.Binary, received.MessageType);
        return socket;
    }

    /// <summary>The first client of a that b serves.</summary>
    private async Task<ClientWebSocket> ConnectToBAsync()
    {
        while (true)
        {
            int servedByA = Count(_a);
            var socket = new ClientWebSocket();
            await socket.ConnectAsync(_a.Address("/", "ws"), CancellationToken.None).WaitAsync(RunningRelay.Deadline);
            if (Count(_a) == servedByA)
            {
                return socket;
            }

            TestClient other = TestClient.Over(socket);
            _others.Add(other);
            await other.AssertServedAsync();
        }
    }

    private static async Task AssertToldWhyAsync(ClientWebSocket socket)
    {
        WebSocketReceiveResult received;
        do
        {
            received = await ReceiveAsync(socket);
        }
        while (received.MessageType != WebSocketMessageType.Close);

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, received.CloseStatus);
        Assert.NotEmpty(received.CloseStatusDescription!);
    }

    private static Task<WebSocketReceiveResult> ReceiveAsync(ClientWebSocket socket) => socket
        .ReceiveAsync(new ArraySegment<byte>(new byte[4096]), CancellationToken.None)
        .WaitAsync(RunningRelay.Deadline);

    /// <summary>Lets the relays' tasks run until b serves nobody.</summary>
    private async Task UntilClientIsGoneAsync()
    {
        using var patience = new CancellationTokenSource(RunningRelay.Deadline);
        while (Count(_b) > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static int Count(RunningRelay relay) => relay.Cluster.Placement.SessionCount;
}

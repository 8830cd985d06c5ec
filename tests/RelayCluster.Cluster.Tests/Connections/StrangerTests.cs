using System.Net;
using System.Net.Sockets;
using RelayCluster.Cluster.Connections;
using RelayCluster.Cluster.Connections.Sockets;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Tests.Scenes;
using RelayCluster.Crypto;

namespace RelayCluster.Cluster.Tests.Connections;

/// <summary>Who is not of the fleet, at the port for those who are.</summary>
public sealed class StrangerTests : IAsyncLifetime
{
    private int _served;
    private ConnectedNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await ConnectedNodes.StartAsync(LineKind.Tcp, (_, _) =>
    {
        _served++;
        return Task.CompletedTask;
    });

    public Task DisposeAsync() => _nodes.DisposeAsync().AsTask();

    [Fact]
    public async Task Junk_is_cut()
    {
        using Socket stranger = await ConnectAsync();

        await stranger.SendAsync(new byte[100]);

        await AssertCutAsync(stranger);
    }

    [Fact]
    public async Task A_ticket_that_was_made_up_is_cut()
    {
        using Socket stranger = await ConnectAsync();

        await stranger.SendAsync(Header(RandomBytes.NextFixed32().ToArray()));

        await AssertCutAsync(stranger);
    }

    [Fact]
    public async Task A_ticket_that_was_used_is_cut()
    {
        ConnectionGrant grant = _nodes.B.Grant(new Ticket("a", ConnectedNodes.Purpose, Array.Empty<byte>()));
        await using NodeConnection first = await _nodes.A.DialAsync("b", grant, CancellationToken.None);
        using Socket second = await ConnectAsync();

        await second.SendAsync(Header(grant.Ticket.ToArray()));

        await AssertCutAsync(second, served: 1);
    }

    [Fact]
    public async Task Who_says_nothing_is_cut_after_a_while()
    {
        using Socket stranger = await ConnectAsync();
        using Socket witness = await ConnectAsync();
        await witness.SendAsync(new byte[100]);
        await AssertCutAsync(witness); // so the node has taken the one before it

        _nodes.Clock.Advance(new NodeConnectionOptions().HeaderTimeout);

        await AssertCutAsync(stranger);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_costs_the_dialler_no_more_than_the_time_for_it()
    {
        using var silent = new Socket(SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        var grant = new ConnectionGrant(
            $"tcp://127.0.0.1:{((IPEndPoint)silent.LocalEndPoint!).Port}", RandomBytes.NextFixed32().ToArray());
        Task dialling = _nodes.A.DialAsync("b", grant, CancellationToken.None).AsTask();
        using Socket accepted = await silent.AcceptAsync().WithDeadline();

        _nodes.Clock.Advance(new NodeConnectionOptions().OpenTimeout);

        FabricException e = await Assert.ThrowsAsync<FabricException>(() => dialling.WithDeadline());
        Assert.Equal(FabricError.TimedOut, e.Error);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused_on_both_sides()
    {
        using var ours = new NodeCertificates();
        using var theirs = new NodeCertificates();
        await using var server = new SocketTransport(Options(ours.Sign("b")), TimeProvider.System);
        await server.StartAsync((_, _) => Task.FromResult(_served++), CancellationToken.None);

        await using (var client = new SocketTransport(Options(theirs.Sign("a")), TimeProvider.System))
        {
            await Assert.ThrowsAsync<IOException>(() => client.DialAsync(server.Address, default).WithDeadline());
        }

        // a client that takes any server is found out when it is to say something
        await using (var client = new SocketTransport(
            Options(theirs.Sign("a") with { Authorities = ours.Sign("a").Authorities }), TimeProvider.System))
        {
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                await using INodeLine line = await client.DialAsync(server.Address, default).WithDeadline();
                await line.Input.ReadAsync().WithDeadline();
            });
        }

        Assert.Equal(0, _served);
    }

    [Fact]
    public async Task A_node_with_TLS_and_one_without_say_so()
    {
        await using var plain = new SocketTransport(new NodeConnectionOptions(), TimeProvider.System);

        IOException e = await Assert.ThrowsAsync<IOException>(
            () => plain.DialAsync("tls://127.0.0.1:1", CancellationToken.None).WithDeadline());
        Assert.Contains("all have TLS, or none", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_its_setting()
    {
        var port = new Uri(_nodes.B.Address).Port;
        await using var second = new SocketTransport(new NodeConnectionOptions { Port = port }, TimeProvider.System);

        FabricException e = await Assert.ThrowsAsync<FabricException>(
            () => second.StartAsync((_, _) => Task.CompletedTask, CancellationToken.None).WithDeadline());
        Assert.Contains($"127.0.0.1:{port} (splice host and port)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_listens_everywhere_tells_an_address_that_others_can_use()
    {
        await using var node = new SocketTransport(new NodeConnectionOptions { Host = "0.0.0.0" }, TimeProvider.System);
        await node.StartAsync((_, _) => Task.CompletedTask, CancellationToken.None);

        Assert.NotEqual("0.0.0.0", new Uri(node.Address).Host);
        await using INodeLine line = await node.DialAsync(node.Address, CancellationToken.None).WithDeadline();
    }

    private static NodeConnectionOptions Options(NodeTls tls) => new() { Tls = tls };

    private static byte[] Header(byte[] ticket)
    {
        var header = new byte[ConnectionHeader.Size];
        ConnectionHeader.Write(header, new Wire.Fixed32(ticket));
        return header;
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(_nodes.B.Address).Port).WithDeadline();
        return socket;
    }

    private async Task AssertCutAsync(Socket socket, int served = 0)
    {
        SocketException e = await Assert.ThrowsAsync<SocketException>(
            () => socket.ReceiveAsync(new byte[1]).WithDeadline());
        Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        Assert.Equal(served, _served);
    }
}

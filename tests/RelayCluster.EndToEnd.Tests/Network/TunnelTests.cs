using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Network;

[Collection(NetworkTestGroup.Name)]
public sealed class TunnelTests(PrivateNetwork network) : IDisposable
{
    private const int Length = 10_000_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TcpListener _target = Listen();

    public void Dispose() => _target.Dispose();

    /// <summary>Each side sends ten megabytes, ends, and reads what the other one still has to say.</summary>
    [Theory]
    [MemberData(nameof(PrivateNetwork.Routes), MemberType = typeof(PrivateNetwork))]
    public async Task Bytes_come_through_both_ways_each_ended_by_itself(string route)
    {
        await using RelayProcess listen = StartListen(route);
        await using RelayProcess tunnel = StartTunnel(route, await listen.PrintsLineAsync());
        IPEndPoint address = IPEndPoint.Parse(await tunnel.PrintsLineAsync());
        using var near = new TcpClient();
        await near.ConnectAsync(address);
        using TcpClient far = await _target.AcceptTcpClientAsync().WaitAsync(Deadline);

        await AssertArrivesAsync(near.Client, far.Client, seed: 1);
        await AssertArrivesAsync(far.Client, near.Client, seed: 2);

        await AssertEndsAsync(tunnel);
        await AssertEndsAsync(listen);
    }

    [Fact]
    public async Task Connections_are_carried_side_by_side_and_told_as_JSON()
    {
        await using RelayProcess listen = StartListen("direct");
        await using RelayProcess tunnel = StartTunnel("direct", await listen.PrintsLineAsync(), "--json");
        JsonElement open = JsonDocument.Parse(await tunnel.PrintsLineAsync()).RootElement;
        IPEndPoint address = IPEndPoint.Parse(open.GetProperty("address").GetString()!);
        using var first = new TcpClient();
        await first.ConnectAsync(address);
        using TcpClient firstFar = await _target.AcceptTcpClientAsync().WaitAsync(Deadline);
        using var second = new TcpClient();
        await second.ConnectAsync(address);
        using TcpClient secondFar = await _target.AcceptTcpClientAsync().WaitAsync(Deadline);

        await AssertEchoAsync(second, secondFar, 2);
        await AssertEchoAsync(first, firstFar, 1);

        await AssertEndsAsync(tunnel);
        IEnumerable<string?> events =
        [
            .. tunnel.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetString()),
        ];
        Assert.Equal(["tunnel", "connected", "connected", "closed", "closed"], events);
    }

    [Fact]
    public async Task A_connection_that_is_reset_over_there_is_reset_here()
    {
        await using RelayProcess listen = StartListen("direct");
        await using RelayProcess tunnel = StartTunnel("direct", await listen.PrintsLineAsync());
        using var near = new TcpClient();
        await near.ConnectAsync(IPEndPoint.Parse(await tunnel.PrintsLineAsync()));
        Socket far = await _target.AcceptSocketAsync().WaitAsync(Deadline);

        far.Close(timeout: 0);

        var e = await Assert.ThrowsAsync<IOException>(
            () => near.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline));
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(e.InnerException).SocketErrorCode);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static async Task AssertArrivesAsync(Socket from, Socket to, int seed)
    {
        byte[] bytes = new byte[Length];
        new Random(seed).NextBytes(bytes);
        Task<byte[]> receiving = ReceiveAsync(to);
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += await from.SendAsync(bytes.AsMemory(sent)).AsTask().WaitAsync(Deadline);
        }

        from.Shutdown(SocketShutdown.Send);
        Assert.Equal(SHA256.HashData(bytes), await receiving.WaitAsync(Deadline));
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[65536];
        while (await socket.ReceiveAsync(buffer) is > 0 and var length)
        {
            hash.AppendData(buffer, 0, length);
        }

        return hash.GetHashAndReset();
    }

    private static async Task AssertEchoAsync(TcpClient near, TcpClient far, byte value)
    {
        byte[] read = new byte[1];
        await near.GetStream().WriteAsync(new[] { value });
        await far.GetStream().ReadExactlyAsync(read).AsTask().WaitAsync(Deadline);
        await far.GetStream().WriteAsync(read);
        await near.GetStream().ReadExactlyAsync(read).AsTask().WaitAsync(Deadline);
        Assert.Equal(value, read[0]);
    }

    private static async Task AssertEndsAsync(RelayProcess process)
    {
        process.Signal(NativeMethods.SigTerm);
        Assert.Equal(0, await process.ExitAsync(TimeSpan.FromSeconds(8)));
    }

    private RelayProcess StartListen(string route) => RelayProcess.Start(
        ["listen", "--forward", $"127.0.0.1:{((IPEndPoint)_target.LocalEndpoint).Port}", .. network.Join(route)]);

    private RelayProcess StartTunnel(string route, string key, params string[] more) =>
        RelayProcess.Start(["tunnel", key, "--port", "0", .. network.Join(route), .. more]);
}

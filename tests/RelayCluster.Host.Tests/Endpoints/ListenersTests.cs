using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Tests.Commands;
using RelayCluster.Host.Tests.Hosting;

namespace RelayCluster.Host.Tests.Endpoints;

public sealed class ListenersTests
{
    [Fact]
    public async Task Port_zero_becomes_a_port()
    {
        await using RunningRelay relay = await RunningRelay.StartAsync();

        Assert.Equal(IPAddress.Loopback, relay.WebSocketEndPoint.Address);
        Assert.NotEqual(0, relay.WebSocketEndPoint.Port);
        Assert.NotEqual(0, relay.TcpEndPoint.Port);
        Assert.NotEqual(relay.WebSocketEndPoint.Port, relay.TcpEndPoint.Port);
    }

    [Theory]
    [InlineData("--ws-port", "--tcp-port")]
    [InlineData("--tcp-port", "--ws-port")]
    public async Task A_port_in_use_is_one_line_and_a_failure(string taken, string free)
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        int port = ((IPEndPoint)occupant.LocalEndpoint).Port;
        using var serve = CommandLineRun.Start($"serve --testnet {taken} {port} {free} 0");

        int code = await serve.ExitAsync();

        Assert.Equal(1, code);
        string line = Assert.Single(serve.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("relay: ", line, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{port}", line, StringComparison.Ordinal);
        Assert.Contains("address already in use", line, StringComparison.Ordinal);
        Assert.Contains("0 any free one", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_one_line_and_a_failure()
    {
        using var serve = CommandLineRun.Start("serve --testnet --host 192.0.2.1");

        int code = await serve.ExitAsync();

        Assert.Equal(1, code);
        Assert.Equal(
            "relay: cannot listen on that address; --host needs one that this machine has\n", serve.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connections_beyond_the_sessions_and_those_that_may_become_one_are_closed_at_once(bool isTcp)
    {
        await using RunningRelay relay = await RunningRelay.StartAsync(file: "limits { sessions = 1, connecting = 1 }");
        IPEndPoint port = isTcp ? relay.TcpEndPoint : relay.WebSocketEndPoint;
        var strangers = new List<TcpClient>();
        var ends = new List<Task>();
        for (int i = 0; i < 3; i++)
        {
            var stranger = new TcpClient();
            strangers.Add(stranger);
            await stranger.ConnectAsync(port);
            ends.Add(ReadToEndAsync(stranger));
        }

        await Task.WhenAny(ends).WaitAsync(RunningRelay.Deadline);

        Assert.Equal(1, ends.Count(static end => end.IsCompleted));
        strangers.ForEach(static stranger => stranger.Dispose());
        await Task.WhenAll(ends).WaitAsync(RunningRelay.Deadline);
    }

    [Fact]
    public async Task With_a_certificate_the_WebSocket_port_speaks_TLS()
    {
        string folder = Directory.CreateTempSubdirectory("relay-tls-").FullName;
        try
        {
            WriteCertificate(folder);
            await using RunningRelay relay = await RunningRelay.StartAsync(
                file: $"tls {{ certificate = \"{folder}/cert.pem\", key = \"{folder}/key.pem\" }}");
            await using TestClient client = await TestClient.ConnectWebSocketAsync(relay, "wss");

            await client.AssertServedAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Files_that_hold_no_certificate_are_named()
    {
        StartupException e = await Assert.ThrowsAsync<StartupException>(
            () => RunningRelay.StartAsync(file: "tls { certificate = /nowhere/cert.pem, key = /nowhere/key.pem }"));

        Assert.StartsWith("tls.certificate and tls.key need PEM files", e.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/cert.pem", e.Message, StringComparison.Ordinal);
    }

    private static async Task ReadToEndAsync(TcpClient client)
    {
        try
        {
            while (await client.GetStream().ReadAsync(new byte[100]) > 0)
            {
                // what is said before the end does not matter
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Reset, or closed by the test.
        }
    }

    internal static void WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}

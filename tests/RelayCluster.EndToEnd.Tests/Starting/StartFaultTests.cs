using System.Net;
using System.Net.Sockets;
using RelayCluster.EndToEnd.Tests.Processes;

namespace RelayCluster.EndToEnd.Tests.Starting;

/// <summary>What the user can mend is told in one line, and the exit code is not 0.</summary>
public sealed class StartFaultTests
{
    private static readonly string[] Serve = ["serve", "--testnet", "--host", "127.0.0.1"];

    [Theory]
    [InlineData("--ws-port", "--tcp-port")]
    [InlineData("--tcp-port", "--ws-port")]
    public async Task PortInUse_IsNamed(string option, string other)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string port = $"{((IPEndPoint)taken.LocalEndpoint).Port}";

        await AssertFaultAsync(port, [.. Serve, option, port, other, "0"]);
    }

    [Fact]
    public async Task DhtPortInUse_IsNamed()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string port = $"{((IPEndPoint)taken.LocalEndPoint!).Port}";

        await AssertFaultAsync(
            port, [.. Serve, "--ws-port", "0", "--tcp-port", "0", "--dht-host", "127.0.0.1", "--dht-port", port]);
    }

    [Fact]
    public Task MissingFile_IsNamed() => AssertFaultAsync("/nowhere/relay.conf", "serve", "--config", "/nowhere/relay.conf");

    [Fact]
    public async Task DirectoryAsFile_IsNamed()
    {
        string directory = Path.GetTempPath();

        await AssertFaultAsync(directory, "serve", "--config", directory);
    }

    [Theory]
    [InlineData("--host", "no.such.host.invalid")]
    [InlineData("--host", "192.0.2.1", "--ws-port", "0", "--tcp-port", "0")] // TEST-NET-1: not of this machine
    [InlineData("--dht-host", "300.1.2.3")]
    [InlineData("--bootstrap", "127.0.0.1")]
    [InlineData("--bootstrap", "127.0.0.1:70000")]
    [InlineData("--ws-port", "70000")]
    [InlineData("--tcp-port", "nonsense")]
    public Task BadAddress_IsToldWithItsOption(string option, params string[] rest) =>
        AssertFaultAsync(option, ["serve", option, .. rest]);

    [Fact]
    public async Task UnknownKey_IsToldWithFileLineAndKey()
    {
        using var file = new ConfigurationFile("relay {\n  host = \"127.0.0.1\"\n  heartbeats.interval = 15s\n}\n");

        string fault = await AssertFaultAsync($"{file.Path}:3", "serve", "--config", file.Path);

        Assert.Contains("heartbeats", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HoconThatCannotBeRead_IsToldWithFileAndLine()
    {
        using var file = new ConfigurationFile("relay {\n  host = \"127.0.0.1\n}\n");

        await AssertFaultAsync($"{file.Path}:2", "serve", "--config", file.Path);
    }

    [Fact]
    public Task UnknownOption_IsNamed() => AssertFaultAsync("--tesnet", "serve", "--tesnet");

    [Theory]
    [InlineData("--help")]
    [InlineData("serve", "--help")]
    public async Task Help_EndsWell_WithAnExample(params string[] args)
    {
        await using RelayProcess relay = RelayProcess.Start(args);

        Assert.Equal(0, await relay.ExitAsync());
        Assert.Contains("relay serve --testnet", relay.Output, StringComparison.Ordinal);
    }

    private static async Task<string> AssertFaultAsync(string named, params string[] args)
    {
        await using RelayProcess relay = RelayProcess.Start(args);

        int code = await relay.ExitAsync();

        Assert.NotEqual(0, code);
        string fault = Assert.Single(relay.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(named, fault, StringComparison.Ordinal);
        return fault;
    }
}

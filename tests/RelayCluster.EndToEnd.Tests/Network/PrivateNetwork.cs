using RelayCluster.EndToEnd.Tests.Processes;
using RelayCluster.EndToEnd.Tests.Serving;

namespace RelayCluster.EndToEnd.Tests.Network;

/// <summary>A <c>relay testnet</c> and a <c>relay serve</c> on it, for all tests of the commands.</summary>
public sealed class PrivateNetwork : IAsyncLifetime
{
    /// <summary>The ways to the DHT: a node of the command's own, and through the relay.</summary>
    public static readonly TheoryData<string> Routes = ["direct", "ws", "tcp", "ws custodial", "tcp custodial"];

    private RelayProcess? _testnet;
    private RelayProcess? _relay;
    private RelayAddresses? _addresses;

    /// <summary>Where its DHT is.</summary>
    public string Bootstrap { get; private set; } = string.Empty;

    /// <summary>The options of a route.</summary>
    public string[] Join(string route) => route switch
    {
        "direct" => ["--dht-host", "127.0.0.1", "--bootstrap", Bootstrap],
        "ws" => ["--relay", $"ws://127.0.0.1:{_addresses!.WebSocketPort}"],
        "tcp" => ["--relay", $"tcp://127.0.0.1:{_addresses!.TcpPort}"],
        _ => [.. Join(route.Split(' ')[0]), "--custodial"],
    };

    public async Task InitializeAsync()
    {
        _testnet = RelayProcess.Start("testnet", "--nodes", "3");
        Bootstrap = await _testnet.PrintsLineAsync();
        _relay = RelayProcess.Start(
            "serve", "--ws-port", "0", "--tcp-port", "0", "--dht-host", "127.0.0.1", "--bootstrap", Bootstrap);
        _addresses = await _relay.ListeningAsync();
        await Health.ReadyAsync(_addresses);
    }

    public async Task DisposeAsync()
    {
        if (_relay is not null)
        {
            await _relay.DisposeAsync();
        }

        if (_testnet is not null)
        {
            await _testnet.DisposeAsync();
        }
    }
}

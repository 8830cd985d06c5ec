using RelayCluster.Dht.Hyper;

namespace RelayCluster.Host.Tests.Commands;

/// <summary>A private DHT for the commands of a class of tests.</summary>
public sealed class TestnetFixture : IAsyncLifetime
{
    private Testnet? _testnet;

    /// <summary>The options with which a command joins it.</summary>
    public string Join => $"--dht-host 127.0.0.1 --bootstrap {_testnet!.Bootstrap[0]}";

    /// <summary>A node on it, for the other side.</summary>
    public Task<DhtNode> CreateNodeAsync() => _testnet!.CreateNodeAsync();

    public async Task InitializeAsync() => _testnet = await Testnet.StartAsync(3);

    public async Task DisposeAsync() => await _testnet!.DisposeAsync();
}

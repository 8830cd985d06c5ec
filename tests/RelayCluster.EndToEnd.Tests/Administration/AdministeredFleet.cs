using System.Text.RegularExpressions;
using RelayCluster.EndToEnd.Tests.Processes;
using RelayCluster.EndToEnd.Tests.Serving;
using RelayCluster.TestBroker;

namespace RelayCluster.EndToEnd.Tests.Administration;

/// <summary>A broker, a testnet, and two relays of a fleet that can be asked; sessions live where they land.</summary>
public sealed partial class AdministeredFleet : IAsyncLifetime
{
    private readonly List<RelayProcess> _processes = [];
    private Broker? _broker;
    private string _bootstrap = string.Empty;

    internal RelayProcess A { get; private set; } = null!;

    internal RelayProcess B { get; private set; } = null!;

    internal RelayAddresses AddressesOfB { get; private set; } = null!;

    /// <summary>Where operators ask the node a.</summary>
    public string AdminOfA { get; private set; } = string.Empty;

    /// <summary>Where operators ask the node b.</summary>
    public string AdminOfB { get; private set; } = string.Empty;

    public async Task InitializeAsync()
    {
        _broker = await Broker.StartAsync();
        RelayProcess testnet = Start("testnet", "--nodes", "3");
        _bootstrap = await testnet.PrintsLineAsync();
        A = StartNode("a");
        B = StartNode("b");
        AdminOfA = await A.AdminAsync();
        AdminOfB = await B.AdminAsync();
        AddressesOfB = await B.ListeningAsync();
        await Health.ReadyAsync(AddressesOfB);
        await Health.ReadyAsync(await A.ListeningAsync());
        await SeesAsync(AdminOfA, BothUp());
        await SeesAsync(AdminOfB, BothUp());
    }

    public async Task DisposeAsync()
    {
        foreach (RelayProcess process in _processes)
        {
            await process.DisposeAsync();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }

    /// <summary>Watches the fleet until it looks as expected, as JSON in a line.</summary>
    internal static async Task SeesAsync(string admin, Regex pattern)
    {
        await using RelayProcess watch = RelayProcess.Start(
            "cluster", "watch", "--json", "--interval", "200ms", "--admin", admin);
        await watch.PrintsAsync(pattern);
    }

    /// <summary>Runs a command that asks a node.</summary>
    internal static Task<(int Code, string Output, string Error)> AskAsync(string admin, params string[] command) =>
        RelayProcess.RunAsync(["cluster", .. command, "--admin", admin]);

    private RelayProcess StartNode(string name) => Start(
        "serve", "--ws-port", "0", "--tcp-port", "0", "--dht-host", "127.0.0.1", "--bootstrap", _bootstrap,
        "--node-name", name, "--fabric", "rabbitmq", "--rabbitmq", _broker!.Address, "--placement", "local",
        "--admin-port", "0");

    private RelayProcess Start(params string[] args)
    {
        RelayProcess process = RelayProcess.Start(args);
        _processes.Add(process);
        return process;
    }

    [GeneratedRegex("\"a\",\"state\":\"up\".*\"b\",\"state\":\"up\"")]
    private static partial Regex BothUp();
}

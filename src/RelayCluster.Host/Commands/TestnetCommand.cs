using System.CommandLine;
using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands;

/// <summary><c>relay testnet</c>: a private DHT in this process.</summary>
internal static class TestnetCommand
{
    private const int DefaultNodes = 4;
    private const int MaxNodes = 256;

    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command(
            "testnet",
            "Runs a private DHT on 127.0.0.1, and prints its bootstrap addresses, until it is told to end.")
        {
            ExampleHelp.Of("relay testnet --nodes 8    then --bootstrap with what it prints, for every other command"),
        };
        Option<int> nodes = ArgumentFormats.Number(1, MaxNodes).Option(
            "--nodes", "number", $"How many nodes, 1 to {MaxNodes}", DefaultNodes);
        command.Add(nodes);
        Option<bool> json = JsonOption.AddTo(command, "testnet");

        command.SetAction((commandLine, _) =>
        {
            var reporter = new Reporter(terminal, commandLine.GetValue(json));
            int count = commandLine.GetValue(nodes);
            return Told.ServeAsync(terminal, stopping => RunAsync(count, reporter, stopping));
        });
        return command;
    }

    private static async Task RunAsync(int count, Reporter reporter, CancellationToken stopping)
    {
        await using Testnet testnet = await reporter.ShowAsync(
            $"starting {count} nodes",
            _ => Testnet.StartAsync(count, loggerFactory: null, stopping));
        reporter.Tell(new TestnetReport(count, [.. testnet.Bootstrap.Select(node => node.ToString())]));
        Task broken = Task.WhenAny(testnet.Nodes.Select(node => node.Completion)).Unwrap();
        await reporter.ShowAsync(() => $"{count} nodes", () => broken.WaitAsync(stopping));
    }
}

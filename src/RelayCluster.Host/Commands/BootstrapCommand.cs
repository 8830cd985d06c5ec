using System.CommandLine;
using System.Net;
using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Access;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands;

/// <summary><c>relay bootstrap</c>: the first node of a DHT of one's own, or a further one that stays.</summary>
internal static class BootstrapCommand
{
    private const int DefaultPort = 49737;

    private static readonly string[] Examples =
    [
        "relay bootstrap --host 192.0.2.7                                the first node of a DHT",
        "relay bootstrap --host 192.0.2.8 --bootstrap 192.0.2.7:49737    another one, which joins it",
    ];

    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command(
            "bootstrap",
            "Runs a bootstrap node of a DHT of your own, and prints its address, until it is told to end.")
        {
            ExampleHelp.Of(Examples),
        };
        Option<IPAddress> host = ArgumentFormats.DhtAddress.Option(
            "--host", "address", "Address of this machine at which other nodes reach it", IPAddress.Loopback);
        Option<int> port = ArgumentFormats.Port.Option("--port", "port", "UDP port; 0: any free one", DefaultPort);
        Option<IReadOnlyList<BootstrapNode>> bootstrap = ArgumentFormats.BootstrapNode.ListOption(
            "--bootstrap", "host:port", "Other node of the same DHT; may be repeated [none: a new DHT]");
        command.Add(host);
        command.Add(port);
        command.Add(bootstrap);
        Option<bool> json = JsonOption.AddTo(command, "bootstrap");

        command.SetAction((commandLine, _) =>
        {
            var reporter = new Reporter(terminal, commandLine.GetValue(json));
            var options = new DhtNodeOptions
            {
                Bootstrap = commandLine.GetValue(bootstrap) ?? [],
                Host = commandLine.GetRequiredValue(host),
                Port = commandLine.GetValue(port),
                Ephemeral = false,
                Firewalled = false,
            };
            return Told.ServeAsync(terminal, stopping => RunAsync(options, reporter, stopping));
        });
        return command;
    }

    private static async Task RunAsync(DhtNodeOptions options, Reporter reporter, CancellationToken stopping)
    {
        await using DhtNode node = await reporter.ShowAsync(
            "joining the DHT",
            _ => NodeStart.StartAsync(options, null, ("--host", "--port"), stopping));
        reporter.Tell(new BootstrapReport(node.EndPoint));
        await reporter.ShowAsync(() => $"{node.NodeCount} nodes known", () => node.Completion.WaitAsync(stopping));
    }
}

using System.CommandLine;
using System.Net;
using RelayCluster.Crypto;
using RelayCluster.Host.Access;
using RelayCluster.Host.Forwarding;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;
using RelayCluster.Wire;

namespace RelayCluster.Host.Commands;

/// <summary><c>relay tunnel</c>: a local TCP port that leads to a server on the DHT.</summary>
internal static class TunnelCommand
{
    private static readonly string[] Examples =
    [
        "relay tunnel 3b6a...29 --port 2222    then ssh -p 2222 localhost",
    ];

    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command(
            "tunnel",
            "Opens a local TCP port to a server on the DHT, and prints its address, until it is told to end.")
        {
            ExampleHelp.Of(Examples),
        };
        Argument<Fixed32> key = ArgumentFormats.Key.Argument("KEY", "The server's public key, 64 hexadecimal digits");
        Option<int> port = ArgumentFormats.Port.Option("--port", "port", "TCP port; 0: any free one", 0);
        Option<IPAddress> host = ArgumentFormats.Address.Option(
            "--host", "address", "Address that local programs connect to", IPAddress.Loopback);
        command.Add(key);
        command.Add(port);
        command.Add(host);
        KeyOptions keys = KeyOptions.AddTo(command);
        NetworkOptions network = NetworkOptions.AddTo(command, reconnects: true);
        Option<bool> json = JsonOption.AddTo(command, "tunnel, connected, closed, relay, error");

        command.SetAction(async (commandLine, _) =>
        {
            var reporter = new Reporter(terminal, commandLine.GetValue(json));
            using KeyPair? keyPair = keys.Read(commandLine);
            Fixed32 server = commandLine.GetValue(key);
            IDhtMembership membership = network.Read(commandLine, reporter);
            using Tunnel tunnel = Tunnel.Open(
                new IPEndPoint(commandLine.GetRequiredValue(host), commandLine.GetValue(port)), keyPair);
            return await Told.ServeAsync(terminal, stopping => NodeUse.RunAsync(
                membership,
                reporter,
                (node, stop) =>
                {
                    reporter.Tell(new TunnelReport(tunnel.Address, server));
                    var traffic = new Traffic();
                    return reporter.ShowAsync(
                        traffic.ToString, () => tunnel.RunAsync(node, server, reporter, traffic, stop));
                },
                stopping));
        });
        return command;
    }
}

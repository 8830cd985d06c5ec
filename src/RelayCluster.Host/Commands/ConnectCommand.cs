using System.CommandLine;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Host.Access;
using RelayCluster.Host.Forwarding;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;
using RelayCluster.Wire;

namespace RelayCluster.Host.Commands;

/// <summary>
/// <c>relay connect</c>: standard input and output are a connection to a server on the DHT. The end of input ends this
/// side only; the command ends when the other side does.
/// </summary>
internal static class ConnectCommand
{
    private static readonly string[] Examples =
    [
        "relay connect 3b6a...29 < question > answer",
        "ssh -o ProxyCommand='relay connect 3b6a...29' me@home",
    ];

    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command(
            "connect",
            "Connects standard input and output to a server on the DHT. It ends when the server has ended.")
        {
            ExampleHelp.Of(Examples),
        };
        Argument<Fixed32> key = ArgumentFormats.Key.Argument("KEY", "The server's public key, 64 hexadecimal digits");
        command.Add(key);
        KeyOptions keys = KeyOptions.AddTo(command);
        NetworkOptions network = NetworkOptions.AddTo(command, reconnects: false);
        Option<bool> json = JsonOption.AddTo(command, "connected, closed (on standard error)");

        command.SetAction(async (commandLine, _) =>
        {
            var reporter = new Reporter(terminal, commandLine.GetValue(json), isOutputTaken: true);
            using KeyPair? keyPair = keys.Read(commandLine);
            Fixed32 server = commandLine.GetValue(key);
            IDhtMembership membership = network.Read(commandLine, reporter);
            return await Told.FinishAsync(terminal, stopping => NodeUse.RunAsync(
                membership,
                reporter,
                (node, stop) => ConnectAsync(node, server, keyPair, terminal, reporter, stop),
                stopping));
        });
        return command;
    }

    private static async Task ConnectAsync(
        IDhtNode node,
        Fixed32 server,
        KeyPair? keyPair,
        CommandTerminal terminal,
        Reporter reporter,
        CancellationToken stopping)
    {
        var options = new DhtConnectOptions { KeyPair = keyPair };
        DhtStream remote = await reporter.ShowAsync(
            "connecting",
            _ => node.ConnectAsync(server, options, stopping).AsTask());
        StandardEnd local = StandardEnd.OfClient(terminal);
        var traffic = new Traffic();
        ClosedReport closed = await reporter.ShowBesideAsync(
            traffic.ToString,
            () => new Carrier(reporter, traffic).CarryAsync(local, remote, stopping));
        stopping.ThrowIfCancellationRequested();
        if (closed.Reason is { } reason)
        {
            throw new ConnectionException($"the connection broke off: {reason}");
        }

        reporter.Tell(closed);
        if (local.HasGivenUp && terminal.Input.Kind == InputKind.Pipe)
        {
            reporter.Tell(new FaultReport("the server ended first: standard input was not sent to its end"));
        }
    }
}

using System.CommandLine;
using System.Net;
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
/// <c>relay listen</c>: a server on the DHT, whose connections go to a TCP server, or to standard input and output, one
/// after the other.
/// </summary>
internal static class ListenCommand
{
    private static readonly string[] Examples =
    [
        "relay listen --forward localhost:22 --key-file server.key",
        "relay listen > upload                                       what clients send, one after the other",
    ];

    /// <summary>How long a network that does not answer may hold up the end.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(3);

    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command(
            "listen",
            "Runs a server on the DHT, and prints its public key, until it is told to end.")
        {
            ExampleHelp.Of(Examples),
        };
        Option<DnsEndPoint?> forward = ArgumentFormats.Server.Option(
            "--forward",
            "host:port",
            "TCP server that each connection goes to [standard input and output, one connection after the other; " +
            "the key then goes to standard error]");
        Option<IReadOnlyList<Fixed32>> allow = ArgumentFormats.Key.ListOption(
            "--allow", "key", "Public key that may connect, and no others; may be repeated [everybody]");
        command.Add(forward);
        command.Add(allow);
        KeyOptions keys = KeyOptions.AddTo(command);
        NetworkOptions network = NetworkOptions.AddTo(command, reconnects: true);
        Option<bool> json = JsonOption.AddTo(
            command, "listening, connected, closed, relay, error (on standard error without --forward)");

        command.SetAction(async (commandLine, _) =>
        {
            DnsEndPoint? target = commandLine.GetValue(forward);
            var reporter = new Reporter(terminal, commandLine.GetValue(json), isOutputTaken: target is null);
            DhtServerOptions options = Admitting(commandLine.GetValue(allow) ?? []);
            using KeyPair keyPair = keys.Read(commandLine) ?? KeyPair.Generate();
            IDhtMembership membership = network.Read(commandLine, reporter);
            return await Told.ServeAsync(terminal, stopping => NodeUse.RunAsync(
                membership,
                reporter,
                (node, stop) => ListenAsync(node, keyPair, options, target, terminal, reporter, stop),
                stopping));
        });
        return command;
    }

    private static DhtServerOptions Admitting(IReadOnlyList<Fixed32> allowed)
    {
        HashSet<Fixed32> keys = [.. allowed];
        return new DhtServerOptions
        {
            Admit = keys.Count == 0 ? null : (client, _) => ValueTask.FromResult(keys.Contains(client.PublicKey)),
        };
    }

    private static async Task ListenAsync(
        IDhtNode node,
        KeyPair keyPair,
        DhtServerOptions options,
        DnsEndPoint? target,
        CommandTerminal terminal,
        Reporter reporter,
        CancellationToken stopping)
    {
        await using IDhtServer server = await reporter.ShowAsync(
            "announcing the server",
            _ => node.ListenAsync(keyPair, options, stopping).AsTask());
        try
        {
            await ServeAsync(server, target, terminal, reporter, stopping);
        }
        finally
        {
            using var limit = new CancellationTokenSource(CloseTimeout, TimeProvider.System);
            await server.CloseAsync(limit.Token);
        }
    }

    private static async Task ServeAsync(
        IDhtServer server,
        DnsEndPoint? target,
        CommandTerminal terminal,
        Reporter reporter,
        CancellationToken stopping)
    {
        reporter.Tell(new ListeningReport(server.PublicKey, target is null ? null : $"{target.Host}:{target.Port}"));
        var traffic = new Traffic();
        if (target is null)
        {
            var standard = new StandardServer(server, terminal, reporter, traffic);
            await reporter.ShowBesideAsync(traffic.ToString, () => standard.RunAsync(stopping));
        }
        else
        {
            var forwarding = new ForwardingServer(server, target, reporter, traffic);
            await reporter.ShowAsync(traffic.ToString, () => forwarding.RunAsync(stopping));
        }

        stopping.ThrowIfCancellationRequested();
        throw new ConnectionException("the server was closed");
    }
}

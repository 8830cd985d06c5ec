using System.CommandLine;
using RelayCluster.Crypto;
using RelayCluster.Host.Access;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;
using RelayCluster.Host.Topics;
using RelayCluster.Wire;

namespace RelayCluster.Host.Commands;

/// <summary><c>relay unannounce</c>: takes back what <c>announce --once</c> or another program announced.</summary>
internal static class UnannounceCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command("unannounce", "Takes back the announcement of your public key under a topic.")
        {
            ExampleHelp.Of("relay unannounce chat --key-file server.key"),
        };
        Argument<Fixed32> topic = TopicArgument.AddTo(command);
        KeyOptions keys = KeyOptions.AddTo(command);
        NetworkOptions network = NetworkOptions.AddTo(command, reconnects: false);
        Option<bool> json = JsonOption.AddTo(command, "unannounced");

        command.SetAction(async (commandLine, _) =>
        {
            var reporter = new Reporter(terminal, commandLine.GetValue(json));
            using KeyPair keyPair = keys.Read(commandLine)
                ?? throw new MisuseException("whose announcement? --key-file or --seed has the key that was announced");
            Fixed32 target = commandLine.GetValue(topic);
            IDhtMembership membership = network.Read(commandLine, reporter);
            return await Told.FinishAsync(terminal, stopping => NodeUse.RunAsync(
                membership,
                reporter,
                (node, stop) => reporter.ShowAsync(
                    "taking it back",
                    _ => new TopicAnnouncement(node, target, keyPair, reporter).WithdrawAsync(stop)),
                stopping));
        });
        return command;
    }
}

using System.CommandLine;
using RelayCluster.Dht;
using RelayCluster.Host.Access;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;
using RelayCluster.Wire;

namespace RelayCluster.Host.Commands;

/// <summary><c>relay lookup</c>: who announced a topic, each once, as they are found.</summary>
internal static class LookupCommand
{
    private static readonly string[] Examples =
    [
        "relay lookup chat",
        "relay lookup chat --relay wss://relay.example --json",
    ];

    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command("lookup", "Prints the public keys that are announced under a topic.")
        {
            ExampleHelp.Of(Examples),
        };
        Argument<Fixed32> topic = TopicArgument.AddTo(command);
        NetworkOptions network = NetworkOptions.AddTo(command, reconnects: false);
        Option<bool> json = JsonOption.AddTo(command, "peer, finished");

        command.SetAction((commandLine, _) =>
        {
            var reporter = new Reporter(terminal, commandLine.GetValue(json));
            IDhtMembership membership = network.Read(commandLine, reporter);
            Fixed32 target = commandLine.GetValue(topic);
            return Told.FinishAsync(terminal, stopping => NodeUse.RunAsync(
                membership,
                reporter,
                (node, stop) => reporter.ShowAsync("looking", show => LookupAsync(node, target, reporter, show, stop)),
                stopping));
        });
        return command;
    }

    private static async Task LookupAsync(
        IDhtNode node,
        Fixed32 topic,
        Reporter reporter,
        Action<string> show,
        CancellationToken stopping)
    {
        HashSet<Fixed32> found = [];
        int replies = 0;
        await foreach (LookupReply reply in node.LookupAsync(topic, stopping))
        {
            replies++;
            foreach (DhtPeer peer in reply.Peers.Where(peer => found.Add(peer.PublicKey)))
            {
                reporter.Tell(new PeerReport(peer.PublicKey, peer.RelayAddresses, reply.From.EndPoint));
            }

            show($"looking: {replies} nodes know {found.Count} peers");
        }

        reporter.Tell(new FoundReport(topic, found.Count, replies));
    }
}

using System.CommandLine;
using RelayCluster.Crypto;
using RelayCluster.Host.Access;
using RelayCluster.Host.Hosting;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;
using RelayCluster.Host.Topics;
using RelayCluster.Wire;

namespace RelayCluster.Host.Commands;

/// <summary>
/// <c>relay announce</c>: a key is found under a topic for as long as this runs, or with <c>--once</c> until the nodes
/// forget it.
/// </summary>
internal static class AnnounceCommand
{
    private static readonly string[] Examples =
    [
        "relay announce chat --key-file server.key           until Ctrl+C, which takes it back",
        "relay announce chat --key-file server.key --once    for some twenty minutes",
    ];

    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command(
            "announce",
            "Announces your public key under a topic, and keeps it announced until it is told to end.")
        {
            ExampleHelp.Of(Examples),
        };
        Argument<Fixed32> topic = TopicArgument.AddTo(command);
        var once = new Option<bool>("--once")
        {
            Description = "Announce it and end: nodes forget it by themselves, after some twenty minutes",
        };
        command.Add(once);
        KeyOptions keys = KeyOptions.AddTo(command);
        NetworkOptions network = NetworkOptions.AddTo(command, reconnects: true);
        Option<bool> json = JsonOption.AddTo(command, "announced, unannounced, relay, error");

        command.SetAction(async (commandLine, _) =>
        {
            var reporter = new Reporter(terminal, commandLine.GetValue(json));
            using KeyPair keyPair = keys.Read(commandLine) ?? KeyPair.Generate();
            Fixed32 target = commandLine.GetValue(topic);
            bool isOnce = commandLine.GetValue(once);
            IDhtMembership membership = network.Read(commandLine, reporter);
            Func<CancellationToken, Task> run = stopping => NodeUse.RunAsync(
                membership,
                reporter,
                (node, stop) => AnnounceAsync(
                    new TopicAnnouncement(node, target, keyPair, reporter), isOnce, reporter, stop),
                stopping);
            return await (isOnce ? Told.FinishAsync(terminal, run) : Told.ServeAsync(terminal, run));
        });
        return command;
    }

    private static async Task AnnounceAsync(
        TopicAnnouncement announcement,
        bool isOnce,
        Reporter reporter,
        CancellationToken stopping)
    {
        try
        {
            await reporter.ShowAsync("announcing", _ => announcement.AnnounceAsync(stopping));
            if (!isOnce)
            {
                await reporter.ShowAsync("announced", _ => announcement.KeepAsync(TimeProvider.System, stopping));
            }
        }
        catch (OperationCanceledException) when (!isOnce)
        {
            // Some nodes may have taken it already, also if the first time was not over.
            await announcement.WithdrawBeforeEndAsync();
            throw;
        }
    }
}

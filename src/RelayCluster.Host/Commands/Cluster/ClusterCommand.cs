using System.CommandLine;
using RelayCluster.Host.Administration;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary><c>relay cluster</c>: asks and commands a fleet, through the admin endpoint of any of its nodes.</summary>
internal static class ClusterCommand
{
    private static readonly string[] Examples =
    [
        "relay serve --testnet --admin-port 49445     a relay that can be asked",
        "relay cluster members                        the nodes of its fleet, and what they have to do",
        "relay cluster drain relay-1                  takes no more sessions, and closes those that it has",
    ];

    public static Command Create(CommandTerminal terminal) =>
        new("cluster", "Asks and commands a fleet of relays, through the admin endpoint of any of them.")
        {
            ExampleHelp.Of(Examples),
            MembersCommand.Create(terminal),
            SessionsCommand.Create(terminal),
            SessionCommand.Create(terminal),
            ShardsCommand.Create(terminal),
            LookupsCommand.Create(terminal),
            KickCommand.Create(terminal),
            DrainCommand.Create(terminal),
            ResumeCommand.Create(terminal),
            WatchCommand.Create(terminal),
        };

    /// <summary>Has a command ask something, and tell what it hears.</summary>
    /// <param name="command">The command; it gets the options of all of them.</param>
    /// <param name="terminal">Where it runs.</param>
    /// <param name="events">The events that it tells.</param>
    /// <param name="askAsync">What it does.</param>
    public static void SetQuestion(
        Command command,
        CommandTerminal terminal,
        string events,
        Func<ParseResult, AdminClient, Reporter, CancellationToken, Task> askAsync) =>
        SetAction(command, terminal, events, askAsync, Told.FinishAsync);

    /// <summary>The same for a command that goes on asking until it is told to end.</summary>
    public static void SetWatch(
        Command command,
        CommandTerminal terminal,
        string events,
        Func<ParseResult, AdminClient, Reporter, CancellationToken, Task> watchAsync) =>
        SetAction(command, terminal, events, watchAsync, Told.ServeAsync);

    private static void SetAction(
        Command command,
        CommandTerminal terminal,
        string events,
        Func<ParseResult, AdminClient, Reporter, CancellationToken, Task> askAsync,
        Func<CommandTerminal, Func<CancellationToken, Task>, Task<int>> runAsync)
    {
        AdminArguments admin = AdminArguments.AddTo(command);
        Option<bool> json = JsonOption.AddTo(command, events);
        command.SetAction(async (commandLine, _) =>
        {
            var reporter = new Reporter(terminal, commandLine.GetValue(json));
            using AdminClient client = admin.Read(commandLine);
            return await runAsync(terminal, stopping => askAsync(commandLine, client, reporter, stopping));
        });
    }
}

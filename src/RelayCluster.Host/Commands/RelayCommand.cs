using System.CommandLine;
using System.CommandLine.Help;
using RelayCluster.Host.Commands.Cluster;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands;

/// <summary>
/// The command line of <c>relay</c>. Whatever is wrong with it, or with what it asks for, is told on standard error in
/// a line each, without a usage page around it.
/// </summary>
internal static class RelayCommand
{
    private const int Failed = 1;
    private const int Misused = 2;

    private static readonly string[] Examples =
    [
        "relay serve --testnet                          a relay, offline",
        "relay listen --forward localhost:22            prints a key; from anywhere else then:",
        "relay tunnel KEY --port 2222                   the port 22 over there is the port 2222 here",
    ];

    /// <summary>Runs a command line to its end.</summary>
    /// <returns>
    /// 0; 1 if the command failed; 2 if the command line or the configuration is wrong; 128 and a signal's number if
    /// that ended it before it had finished.
    /// </returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandTerminal terminal)
    {
        // A text that begins with @ is a topic such as @hyperswarm/chat, not a file with more of the command line.
        ParseResult commandLine = Create(terminal).Parse(
            args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (Explain(commandLine) is { } misuse)
        {
            await TellAsync(commandLine, terminal.Error, misuse);
            return Misused;
        }

        try
        {
            // Commands end in order by themselves when the process is told to end; nobody else is to listen for that.
            var invocation = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = terminal.Output,
                Error = terminal.Error,
            };
            return await commandLine.InvokeAsync(invocation);
        }
        catch (Exception e) when (Faults.Explain(e) is { } faults)
        {
            foreach (string fault in faults)
            {
                await TellAsync(commandLine, terminal.Error, fault);
            }

            return Faults.IsMisuse(e) ? Misused : Failed;
        }
#pragma warning disable CA1031 // A fault of ours: told whole, and without a core dump.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await TellAsync(commandLine, terminal.Error, $"a fault in the program, please report it: {e}");
            return Failed;
        }
    }

    private static RootCommand Create(CommandTerminal terminal)
    {
        var root = new RootCommand(
            "A relay for HyperDHT: clients that cannot speak UDP, such as browsers, have a DHT node through it.")
        {
            ServeCommand.Create(),
            ClusterCommand.Create(terminal),
            ConnectCommand.Create(terminal),
            ListenCommand.Create(terminal),
            TunnelCommand.Create(terminal),
            LookupCommand.Create(terminal),
            AnnounceCommand.Create(terminal),
            UnannounceCommand.Create(terminal),
            KeygenCommand.Create(terminal),
            BootstrapCommand.Create(terminal),
            TestnetCommand.Create(terminal),
        };
        root.Options.Remove(root.Options.Single(option => option is HelpOption));
        root.Add(ExampleHelp.Of(Examples));
        return root;
    }

    private static string NameOf(Symbol symbol) =>
        symbol.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent)} {symbol.Name}" : "relay";

    private static Task TellAsync(ParseResult commandLine, TextWriter error, string fault) =>
        error.WriteLineAsync(JsonOption.IsGiven(commandLine)
            ? ReportJson.Write(new FaultReport(fault))
            : $"relay: {fault}");

    /// <summary>
    /// What is wrong with a command line, its first fault only, since others tend to follow from that.
    /// </summary>
    private static string? Explain(ParseResult commandLine)
    {
        if (commandLine.Errors.Count == 0)
        {
            return null;
        }

        Command command = commandLine.CommandResult.Command;
        string help = $"{NameOf(command)} --help";
        if (commandLine.UnmatchedTokens is not [var unknown, ..])
        {
            return $"{commandLine.Errors[0].Message.TrimEnd('.')}; see {help}";
        }

        IEnumerable<string> names = command.Options.Select(option => option.Name)
            .Concat(command.Subcommands.Select(subcommand => subcommand.Name));
        return NearestName.Find(unknown, names) is { } near
            ? $"there is no '{unknown}'; perhaps {near} was meant"
            : $"there is no '{unknown}'; see {help}";
    }
}

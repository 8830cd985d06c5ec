using System.CommandLine;
using System.CommandLine.Help;
using RelayCluster.Host.Configuration;

namespace RelayCluster.Host.Commands;

/// <summary>
/// The command line of <c>relay</c>. Whatever is wrong with it, or with what it asks for, is told on standard error in
/// a line each, without a usage page around it.
/// </summary>
internal static class RelayCommand
{
    private const int Success = 0;
    private const int Failed = 1;
    private const int Misused = 2;

    /// <summary>Runs a command line to its end.</summary>
    /// <returns>0; 1 if the command failed; 2 if the command line or the configuration is wrong.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        ParseResult commandLine = Create().Parse(args);
        if (Explain(commandLine) is { } misuse)
        {
            await error.WriteLineAsync($"relay: {misuse}");
            return Misused;
        }

        try
        {
            // The host closes in order by itself when the process is told to end; nobody else is to listen for that.
            var invocation = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = output,
                Error = error,
            };
            await commandLine.InvokeAsync(invocation);
            return Success;
        }
        catch (Exception e) when (Faults.Explain(e) is { } faults)
        {
            foreach (string fault in faults)
            {
                await error.WriteLineAsync($"relay: {fault}");
            }

            return Faults.IsMisuse(e) ? Misused : Failed;
        }
#pragma warning disable CA1031 // A fault of ours: told whole, and without a core dump.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await error.WriteLineAsync($"relay: a fault in the program, please report it: {e}");
            return Failed;
        }
    }

    private static RootCommand Create()
    {
        var root = new RootCommand(
            "A relay for HyperDHT: clients that cannot speak UDP, such as browsers, have a DHT node through it.")
        {
            ServeCommand.Create(),
        };
        root.Options.Remove(root.Options.Single(option => option is HelpOption));
        root.Add(ExampleHelp.Of("relay serve --testnet"));
        return root;
    }

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
        string help = command is RootCommand ? "relay --help" : $"relay {command.Name} --help";
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

using System.CommandLine;

namespace RelayCluster.Host.Commands;

/// <summary><c>--json</c>, which all commands but serve have.</summary>
internal static class JsonOption
{
    public const string Name = "--json";

    /// <summary>Gives a command this option.</summary>
    /// <param name="command">The command.</param>
    /// <param name="events">The events that it tells, for the help.</param>
    public static Option<bool> AddTo(Command command, string events)
    {
        var option = new Option<bool>(Name) { Description = $"Tell it as a line of JSON an event: {events}" };
        command.Add(option);
        return option;
    }

    /// <summary>Whether a command line has it, right or wrong as the rest of it may be.</summary>
    public static bool IsGiven(ParseResult commandLine) =>
        commandLine.CommandResult.Command.Options.FirstOrDefault(option => option.Name == Name) is Option<bool> json
        && commandLine.GetResult(json) is { Implicit: false };
}

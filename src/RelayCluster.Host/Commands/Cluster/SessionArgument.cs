using System.CommandLine;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary>The session that a command is about.</summary>
internal static class SessionArgument
{
    public static Argument<string> AddTo(Command command)
    {
        var argument = new Argument<string>("SESSION")
        {
            Description = "Its name, as 'relay cluster sessions' prints it: the node's, a hyphen and a number",
        };
        command.Add(argument);
        return argument;
    }
}

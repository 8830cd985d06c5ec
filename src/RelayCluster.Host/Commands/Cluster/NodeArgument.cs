using System.CommandLine;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary>The node that a command is about.</summary>
internal static class NodeArgument
{
    public static Argument<string> AddTo(Command command)
    {
        var argument = new Argument<string>("NODE")
        {
            Description = "Its name, as 'relay cluster members' prints it",
        };
        command.Add(argument);
        return argument;
    }
}

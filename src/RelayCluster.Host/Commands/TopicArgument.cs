using System.CommandLine;
using RelayCluster.Wire;

namespace RelayCluster.Host.Commands;

/// <summary>The topic of lookup, announce and unannounce.</summary>
internal static class TopicArgument
{
    public static Argument<Fixed32> AddTo(Command command)
    {
        Argument<Fixed32> topic = ArgumentFormats.Topic.Argument(
            "TOPIC", "32 bytes as 64 hexadecimal digits; any other text stands for its BLAKE2b-256");
        command.Add(topic);
        return topic;
    }
}

using RelayCluster.Actors;
using RelayCluster.Relay.Administration;

namespace RelayCluster.Relay.Servers;

/// <summary>What a server is told.</summary>
internal abstract record ServerMessage
{
    private ServerMessage()
    {
    }

    /// <summary>The client does not want it any more.</summary>
    public static ServerMessage Close { get; } = new Signal();

    /// <summary>How is it?</summary>
    /// <param name="ReplyTo">Told that.</param>
    public sealed record Describe(ActorRef<ServerSummary?> ReplyTo) : ServerMessage;

    private sealed record Signal : ServerMessage;
}

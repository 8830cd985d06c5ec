using RelayCluster.Actors;
using RelayCluster.Dht;

namespace RelayCluster.Relay.Sessions;

/// <summary>What a session is told beside what its client says.</summary>
internal abstract record SessionMessage
{
    private SessionMessage()
    {
    }

    /// <summary>It may be time for a ping, or the client may have been silent for too long.</summary>
    public static SessionMessage Beat { get; } = new Signal("beat");

    /// <summary>The session is to end.</summary>
    public static SessionMessage Close { get; } = new Signal("close");

    /// <summary>A server has accepted a stream, which is the session's now, as is its place among the
    /// streams.</summary>
    /// <param name="Server">The server.</param>
    /// <param name="ServerAlias">The relay's alias of it.</param>
    /// <param name="Stream">The stream.</param>
    public sealed record Accepted(ActorRef Server, uint ServerAlias, DhtStream Stream) : SessionMessage;

    private sealed record Signal(string Name) : SessionMessage;
}

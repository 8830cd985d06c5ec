using RelayCluster.Actors;
using RelayCluster.Dht;
using RelayCluster.Relay.Administration;

namespace RelayCluster.Relay.Sessions;

/// <summary>What a session is told beside what its client says.</summary>
internal abstract record SessionMessage
{
    private SessionMessage()
    {
    }

    /// <summary>It may be time for a ping, or the client may have been silent for too long.</summary>
    public static SessionMessage Beat { get; } = new Signal();

    /// <summary>A server has accepted a stream, which is the session's now, as is its place among the
    /// streams.</summary>
    /// <param name="Server">The server.</param>
    /// <param name="ServerAlias">The relay's alias of it.</param>
    /// <param name="Stream">The stream.</param>
    public sealed record Accepted(ActorRef Server, uint ServerAlias, DhtStream Stream) : SessionMessage;

    /// <summary>The session is to end.</summary>
    /// <param name="End">Why.</param>
    /// <param name="Text">The same for the client, in words.</param>
    public sealed record Close(SessionEnd End, string Text) : SessionMessage;

    /// <summary>How is it?</summary>
    /// <param name="ReplyTo">Told that; null if it is ending.</param>
    public sealed record Describe(ActorRef<SessionSummary?> ReplyTo) : SessionMessage;

    /// <summary>What does it consist of?</summary>
    /// <param name="Limit">So many parts of each kind at the most.</param>
    /// <param name="ReplyTo">Told that; null if it is ending.</param>
    public sealed record Dissect(int Limit, ActorRef<SessionParts?> ReplyTo) : SessionMessage;

    private sealed record Signal : SessionMessage;
}

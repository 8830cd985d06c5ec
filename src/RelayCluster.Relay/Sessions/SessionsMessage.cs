using RelayCluster.Actors;

namespace RelayCluster.Relay.Sessions;

/// <summary>What the parent of all sessions is asked.</summary>
internal abstract record SessionsMessage
{
    private SessionsMessage()
    {
    }

    /// <summary>Start a session.</summary>
    /// <param name="Number">Its number, by which sessions are in order; the policy may have held it up, so greater ones may
    /// be there already.</param>
    /// <param name="SessionId">Its name.</param>
    /// <param name="Factory">Makes it.</param>
    /// <param name="ReplyTo">Told the session, or null when there are too many.</param>
    public sealed record Start(
        long Number,
        string SessionId,
        Func<Actor<SessionMessage>> Factory,
        ActorRef<ActorRef<SessionMessage>?> ReplyTo) : SessionsMessage;

    /// <summary>Which session has a name?</summary>
    /// <param name="SessionId">The name.</param>
    /// <param name="ReplyTo">Told the session, or null.</param>
    public sealed record Find(string SessionId, ActorRef<ActorRef<SessionMessage>?> ReplyTo) : SessionsMessage;

    /// <summary>Which sessions are there?</summary>
    /// <param name="After">Those with a greater number than that.</param>
    /// <param name="Limit">So many at the most.</param>
    /// <param name="ReplyTo">Told the first of them.</param>
    public sealed record List(long After, int Limit, ActorRef<SessionsPage?> ReplyTo) : SessionsMessage;
}

using RelayCluster.Actors;

namespace RelayCluster.Relay.Sessions;

/// <summary>Start a session.</summary>
/// <param name="SessionId">Its name.</param>
/// <param name="Factory">Makes it.</param>
/// <param name="ReplyTo">Told the session, or null when there are too many.</param>
internal sealed record SessionsMessage(
    string SessionId,
    Func<Actor<SessionMessage>> Factory,
    ActorRef<ActorRef<SessionMessage>?> ReplyTo);

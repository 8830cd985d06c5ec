using RelayCluster.Actors;

namespace RelayCluster.Relay.Sessions;

/// <summary>The parent of all sessions: it makes them, and their failures end them and nothing else.</summary>
internal sealed class SessionsActor : Actor<SessionsMessage>
{
    private readonly int _maxSessions;

    public SessionsActor(int maxSessions) => _maxSessions = maxSessions;

    protected override void Receive(SessionsMessage message)
    {
        ActorRef<SessionMessage>? session = Context.ChildCount < _maxSessions
            ? Context.Spawn(message.SessionId, message.Factory)
            : null;
        message.ReplyTo.TryTell(session);
    }

    protected override void OnDiscarded(SessionsMessage message) => message.ReplyTo.TryTell(null);
}

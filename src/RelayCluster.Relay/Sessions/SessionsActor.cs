using RelayCluster.Actors;

namespace RelayCluster.Relay.Sessions;

/// <summary>
/// The parent of all sessions: it makes them, knows them by name and in their order, and their failures end them and
/// nothing else.
/// </summary>
internal sealed class SessionsActor : Actor<SessionsMessage>
{
    private readonly int _maxSessions;
    private readonly Dictionary<string, (long Number, ActorRef<SessionMessage> Session)> _byName =
        new(StringComparer.Ordinal);

    private readonly SortedSet<(long Number, string Name)> _inOrder = [];

    public SessionsActor(int maxSessions) => _maxSessions = maxSessions;

    protected override void Receive(SessionsMessage message)
    {
        switch (message)
        {
            case SessionsMessage.Start start:
                start.ReplyTo.TryTell(Context.ChildCount < _maxSessions ? Start(start) : null);
                break;
            case SessionsMessage.Find find:
                find.ReplyTo.TryTell(_byName.GetValueOrDefault(find.SessionId).Session);
                break;
            case SessionsMessage.List list:
                list.ReplyTo.TryTell(GetPage(list));
                break;
        }
    }

    protected override void OnTerminated(ActorRef actor)
    {
        if (_byName.Remove(actor.Name, out (long Number, ActorRef<SessionMessage>) session))
        {
            _inOrder.Remove((session.Number, actor.Name));
        }
    }

    protected override void OnDiscarded(SessionsMessage message)
    {
        switch (message)
        {
            case SessionsMessage.Start start:
                start.ReplyTo.TryTell(null);
                break;
            case SessionsMessage.Find find:
                find.ReplyTo.TryTell(null);
                break;
            case SessionsMessage.List list:
                list.ReplyTo.TryTell(null);
                break;
        }
    }

    private ActorRef<SessionMessage> Start(SessionsMessage.Start start)
    {
        ActorRef<SessionMessage> session = Context.Spawn(start.SessionId, start.Factory);
        Context.Watch(session);
        _byName.Add(start.SessionId, (start.Number, session));
        _inOrder.Add((start.Number, start.SessionId));
        return session;
    }

    private SessionsPage GetPage(SessionsMessage.List list)
    {
        // No name is less than the empty one, so the view begins behind the number.
        (long Number, string Name)[] page = [.. _inOrder
            .GetViewBetween((list.After + 1, string.Empty), (long.MaxValue, string.Empty))
            .Take(list.Limit)];
        return new SessionsPage(
            [.. page.Select(entry => _byName[entry.Name].Session)],
            page.Length == 0 ? list.After : page[^1].Number);
    }
}

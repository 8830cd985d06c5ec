using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Policy;
using RelayCluster.Relay.Servers;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Sessions;

/// <summary>A session's servers, by the alias that the client uses and by their actors. It belongs to the session's
/// turns.</summary>
internal sealed class SessionServers(ActorContext<SessionMessage> context, SessionScope scope)
{
    private readonly Dictionary<uint, SessionServer> _servers = [];
    private readonly Dictionary<ActorRef, ListenedAlias> _aliases = [];

    /// <summary>How many there are.</summary>
    public int Count => _servers.Count;

    /// <summary>Some of them, or all.</summary>
    public IReadOnlyList<ActorRef<ServerMessage>> Take(int limit) =>
        [.. _servers.Values.Take(limit).Select(static server => server.Actor)];

    /// <summary>Whether a server lives as far as the client knows.</summary>
    public bool Contains(ActorRef server) => _aliases.ContainsKey(server);

    /// <summary>Starts a server, or refuses it.</summary>
    /// <exception cref="ProtocolException">The alias is in use.</exception>
    public void Listen(ListenMessage listen, RelayDialect dialect)
    {
        if (_servers.ContainsKey(listen.Alias))
        {
            throw new ProtocolException($"The alias {listen.Alias} is the one of a living server");
        }

        if (CheckOwnLimits(listen) is { } excess)
        {
            scope.Refusals.Refuse(listen, excess, LogLevel.Warning);
            return;
        }

        if (scope.Policy.Listen(listen.PublicKey) is { } refusal)
        {
            scope.Refusals.Refuse(listen, refusal);
            return;
        }

        uint alias = scope.NextId();
        var key = new KeyHold(scope.EndingServers, listen.PublicKey);
        ActorRef<ServerMessage> actor = context.Spawn(
            $"server-{listen.Alias}",
            () => new ServerActor(scope, context.Self, listen, alias, key, dialect));
        _servers.Add(listen.Alias, new SessionServer(actor, key));
        _aliases.Add(actor, new ListenedAlias(listen.Alias, alias));
        context.Watch(actor);
    }

    /// <summary>The client does not want a server any more; it may have gone meanwhile.</summary>
    public void Close(uint alias)
    {
        if (_servers.TryGetValue(alias, out SessionServer server))
        {
            server.Key.BeginEnd();
            server.Actor.TryTell(ServerMessage.Close);
        }
    }

    /// <summary>The session ends, and its servers with it: nobody who wants their keys shall believe them
    /// taken.</summary>
    public void BeginEnd()
    {
        foreach (SessionServer server in _servers.Values)
        {
            server.Key.BeginEnd();
        }
    }

    /// <summary>Forgets a server whose actor is gone, and tells the client. False: it was none.</summary>
    public bool Remove(ActorRef actor)
    {
        if (!_aliases.Remove(actor, out ListenedAlias server))
        {
            return false;
        }

        _servers.Remove(server.OfClient);
        scope.Policy.Ended(PolicyResource.Server);
        scope.Outbox.Post(new ClosedMessage(server.OfRelay));
        return true;
    }

    private PolicyRefusal? CheckOwnLimits(ListenMessage listen) =>
        listen.KeyPair is null && scope.KeylessNode is null
            ? new PolicyRefusal("not_supported", "The relay's node has no servers of clients that keep their keys")
            : _servers.Count >= scope.Settings.MaxServers
                ? new PolicyRefusal(
                    "session_servers",
                    $"The session has {scope.Settings.MaxServers} servers, and may not have more (setting MaxServers)")
                : null;
}

using RelayCluster.Actors;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Buffers;
using RelayCluster.Relay.Policy;
using RelayCluster.Relay.Streams;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Sessions;

/// <summary>
/// A session's streams by the alias that the client uses. A stream that a server accepted has none until the client has
/// told it, and until then is known by the relay's. It belongs to the session's turns.
/// </summary>
internal sealed class SessionStreams(ActorContext<SessionMessage> context, SessionScope scope)
{
    private readonly Dictionary<uint, SessionStream> _streams = [];
    private readonly Dictionary<uint, SessionStream> _unpaired = [];
    private readonly Dictionary<ActorRef, (uint Alias, bool IsPaired)> _aliases = [];

    /// <summary>How many there are.</summary>
    public int Count => _aliases.Count;

    /// <summary>Some of them, or all.</summary>
    public IReadOnlyList<ActorRef<StreamMessage>> Take(int limit) =>
        [.. _streams.Values.Concat(_unpaired.Values).Take(limit).Select(static stream => stream.Actor)];

    public bool TryGet(uint alias, out SessionStream stream) => _streams.TryGetValue(alias, out stream);

    /// <summary>Dials a peer for the client, or refuses to.</summary>
    /// <exception cref="ProtocolException">The alias is in use.</exception>
    public void Connect(ConnectMessage connect)
    {
        RequireFreeAlias(connect.Alias);
        if (Check(connect) is { } refusal)
        {
            scope.Refusals.Refuse(connect, refusal);
            return;
        }

        scope.Streams.Add(1);
        var origin = new DialledStream(scope, connect, context.TimeProvider);
        Add(connect.Alias, Spawn($"stream-{connect.Alias}", origin, scope.NextId()));
    }

    /// <summary>Takes what a living server has accepted.</summary>
    public void TakeOver(SessionMessage.Accepted accepted)
    {
        uint alias = scope.NextId();
        var origin = new AcceptedStream(alias, accepted.ServerAlias, accepted.Stream);
        SessionStream stream = Spawn($"accepted-{alias}", origin, alias);
        _unpaired.Add(alias, stream);
        _aliases[stream.Actor] = (alias, false);
    }

    /// <summary>The client has given an accepted stream its alias. False: the stream has gone meanwhile.</summary>
    /// <exception cref="ProtocolException">The alias is in use.</exception>
    public bool TryPair(ConnectedMessage connected, out SessionStream stream)
    {
        RequireFreeAlias(connected.Alias);
        if (!_unpaired.Remove(connected.RemoteAlias, out stream))
        {
            return false;
        }

        Add(connected.Alias, stream);
        return true;
    }

    /// <summary>Forgets a stream whose actor is gone. False: it was none.</summary>
    public bool Remove(ActorRef actor)
    {
        if (!_aliases.Remove(actor, out (uint Alias, bool IsPaired) name))
        {
            return false;
        }

        (name.IsPaired ? _streams : _unpaired).Remove(name.Alias);
        scope.EndStream();
        return true;
    }

    /// <summary>The policy comes last, because it counts what it has allowed.</summary>
    private PolicyRefusal? Check(ConnectMessage connect) =>
        connect.KeyPair is null && scope.KeylessNode is null
            ? new PolicyRefusal("not_supported", "Noncustodial connections are not supported by this relay's node")
            : !scope.Streams.IsOpen
                ? new PolicyRefusal(
                    "session_streams", $"The session has {scope.Settings.MaxStreams} streams, and may not have more")
                : scope.Policy.Connect(connect.PublicKey, connect.RemotePublicKey);

    private void Add(uint alias, SessionStream stream)
    {
        _streams.Add(alias, stream);
        _aliases[stream.Actor] = (alias, true);
    }

    private void RequireFreeAlias(uint alias)
    {
        if (_streams.ContainsKey(alias))
        {
            throw new ProtocolException($"The alias {alias} is the one of a living stream");
        }
    }

    private SessionStream Spawn(string name, StreamOrigin origin, uint alias)
    {
        var toPeer = new Gate(scope.Settings.StreamBytesEachWay);
        ActorRef<StreamMessage> actor = context.Spawn(name, () => new StreamActor(scope, origin, alias, toPeer));
        context.Watch(actor);
        return new SessionStream(actor, toPeer);
    }
}

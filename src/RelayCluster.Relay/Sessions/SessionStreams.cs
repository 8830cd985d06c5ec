using RelayCluster.Actors;

namespace RelayCluster.Relay.Sessions;

/// <summary>
/// A session's streams by the alias that the client uses. A stream that a server accepted has none until the client has
/// told it, and until then is known by the relay's.
/// </summary>
internal sealed class SessionStreams
{
    private readonly Dictionary<uint, SessionStream> _streams = [];
    private readonly Dictionary<uint, SessionStream> _unpaired = [];
    private readonly Dictionary<ActorRef, (uint Alias, bool IsPaired)> _aliases = [];

    /// <summary>Whether the client's alias is the one of a living stream.</summary>
    public bool Contains(uint alias) => _streams.ContainsKey(alias);

    public bool TryGet(uint alias, out SessionStream stream) => _streams.TryGetValue(alias, out stream);

    public void Add(uint alias, SessionStream stream)
    {
        _streams.Add(alias, stream);
        _aliases[stream.Actor] = (alias, true);
    }

    public void AddUnpaired(uint relayAlias, SessionStream stream)
    {
        _unpaired.Add(relayAlias, stream);
        _aliases[stream.Actor] = (relayAlias, false);
    }

    /// <summary>The client has given a stream its alias, which is free. False: the stream has gone meanwhile.</summary>
    public bool TryPair(uint relayAlias, uint alias, out SessionStream stream)
    {
        if (!_unpaired.Remove(relayAlias, out stream))
        {
            return false;
        }

        Add(alias, stream);
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
        return true;
    }
}

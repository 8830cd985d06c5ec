using System.Diagnostics.CodeAnalysis;
using RelayCluster.Crypto.Noise;
using RelayCluster.Wire;

namespace RelayCluster.Client.Custody;

/// <summary>
/// The handshakes under way, by the id of the relay's questions. Each belongs to the stream that is dialled, or to the
/// server, whose alias it has; with that it goes. Those of peers who never turned up are forgotten after a while.
/// </summary>
internal sealed class HandshakeTable(TimeProvider timeProvider) : IDisposable
{
    /// <summary>Two messages through the DHT and a hole punched take no longer.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(20);

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, KeptHandshake> _handshakes = [];
    private bool _isClosed;

    /// <summary>Adds one; false, and it is disposed: its owner has so many already, or all is over.</summary>
    /// <exception cref="ProtocolException">The id is in use, so the relay counts wrongly.</exception>
    public bool TryAdd(uint id, KeptHandshake handshake, int maxOfOwner)
    {
        lock (_lock)
        {
            Prune();
            if (_isClosed || _handshakes.Values.Count(other => other.Owner == handshake.Owner) >= maxOfOwner)
            {
                handshake.Dispose();
                return false;
            }

            if (!_handshakes.TryAdd(id, handshake))
            {
                handshake.Dispose();
                throw new ProtocolException($"the handshake {id} is under way already");
            }

            return true;
        }
    }

    public bool TryGet(uint id, [NotNullWhen(true)] out KeptHandshake? handshake)
    {
        lock (_lock)
        {
            return _handshakes.TryGetValue(id, out handshake);
        }
    }

    /// <summary>It has failed.</summary>
    public void Remove(uint id)
    {
        lock (_lock)
        {
            if (_handshakes.Remove(id, out KeptHandshake? handshake))
            {
                handshake.Dispose();
            }
        }
    }

    /// <summary>The keys of a complete handshake of this owner's, which the caller then owns; else null.</summary>
    public NoiseResult? TakeKeys(uint id, uint owner)
    {
        lock (_lock)
        {
            if (!_handshakes.TryGetValue(id, out KeptHandshake? handshake) || handshake.Owner != owner)
            {
                return null;
            }

            NoiseResult? keys = handshake.TakeKeys();
            _handshakes.Remove(id);
            handshake.Dispose();
            return keys;
        }
    }

    /// <summary>The stream is open, or the server or stream is gone.</summary>
    public void RemoveOf(uint owner) => RemoveWhere(handshake => handshake.Owner == owner);

    /// <summary>The session is over.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            RemoveWhere(static _ => true);
        }
    }

    private void Prune() =>
        RemoveWhere(handshake => !handshake.IsInitiator && timeProvider.GetElapsedTime(handshake.Started) > Lifetime);

    private void RemoveWhere(Func<KeptHandshake, bool> condition)
    {
        lock (_lock)
        {
            foreach ((uint id, KeptHandshake handshake) in _handshakes)
            {
                if (condition(handshake))
                {
                    // a dictionary allows that while it is enumerated
                    _handshakes.Remove(id);
                    handshake.Dispose();
                }
            }
        }
    }
}

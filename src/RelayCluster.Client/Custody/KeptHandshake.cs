using RelayCluster.Crypto;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Custody;

/// <summary>One handshake that the relay asks for, with a key that stays here. The key pair stays its owner's.</summary>
/// <param name="keyPair">Whose.</param>
/// <param name="remotePublicKey">Whom it is with, where this side connects; null where it listens.</param>
/// <param name="owner">The alias of the stream that is dialled, or of the server.</param>
/// <param name="started">When it began.</param>
internal sealed class KeptHandshake(KeyPair keyPair, Fixed32? remotePublicKey, uint owner, long started) : IDisposable
{
    // whoever gives the stream up may dispose it while the session's reader is at it
    private readonly Lock _lock = new();
    private readonly NoiseHandshake _noise = PeerHandshake.Begin(keyPair, remotePublicKey);

    private NoiseResult? _keys;
    private bool _isDisposed;

    public uint Owner => owner;

    /// <summary>The time stamp of its beginning.</summary>
    public long Started => started;

    public bool IsInitiator => _noise.IsInitiator;

    /// <summary>What the relay is to know of it, once it is complete.</summary>
    public NoiseCompletion? Completion { get; private set; }

    public Fixed32 RemotePublicKey => _noise.RemotePublicKey ?? default;

    /// <exception cref="ProtocolException">It is not this side's turn, or the other side's key is one to refuse.</exception>
    public byte[] Write(ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            RequireTurn(mine: true);
            byte[] message = _noise.WriteMessage(payload);
            TakeResult();
            return message;
        }
    }

    /// <exception cref="ProtocolException">It is not the other side's turn, or the message does not fit.</exception>
    public byte[] Read(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            RequireTurn(mine: false);
            byte[] payload = _noise.ReadMessage(message);
            TakeResult();
            return payload;
        }
    }

    /// <summary>Hands the keys over, once it is complete.</summary>
    public NoiseResult? TakeKeys()
    {
        lock (_lock)
        {
            NoiseResult? keys = _keys;
            _keys = null;
            return keys;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _keys?.Dispose();
            _noise.Dispose();
        }
    }

    private void RequireTurn(bool mine)
    {
        if (_isDisposed || _noise.IsComplete || _noise.IsMyTurn != mine)
        {
            throw new ProtocolException("a handshake is over, or its messages are asked for in the wrong order");
        }
    }

    private void TakeResult()
    {
        if (_noise.IsComplete)
        {
            _keys = _noise.TakeResult();
            Completion = new NoiseCompletion(
                StreamId.Of(StreamGeneration.Current, _keys.Hash.Span, isInitiator: !IsInitiator),
                PeerHandshake.GetHolepunchSecret(_keys.Hash.Span));
        }
    }
}

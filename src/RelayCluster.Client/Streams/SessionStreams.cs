using System.Diagnostics.CodeAnalysis;
using RelayCluster.Client.Custody;
using RelayCluster.Client.Servers;
using RelayCluster.Client.Sessions;
using RelayCluster.Crypto;
using RelayCluster.Crypto.Noise;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Streams;

/// <summary>
/// The streams of a session: those that are dialled by this side's alias, those that are open by the relay's. What the
/// relay says of one that is not there raced with this side's destroying it, and is dropped.
/// </summary>
internal sealed class SessionStreams(RelayLink link, HandshakeTable handshakes)
{
    private readonly AliasTable<RelayedStream> _dialled = new();
    private readonly AliasTable<RelayedStream> _open = new();

    /// <summary>Asks the relay for a stream; <see cref="RelayedStream.Opened"/> tells what comes of it.</summary>
    /// <exception cref="DhtException">The session is over.</exception>
    public RelayedStream Dial(KeyPair keyPair, Fixed32 remotePublicKey)
    {
        var stream = new RelayedStream(link, this, link.NextNumber(), isInitiator: true, keyPair, remotePublicKey);
        _dialled.Add(stream.Alias, stream);
        return stream;
    }

    /// <summary>The stream that is dialled under this alias.</summary>
    public bool TryGetDialled(uint alias, [NotNullWhen(true)] out RelayedStream? stream) =>
        _dialled.TryGet(alias, out stream);

    /// <summary>A server has accepted a stream, which is open at once.</summary>
    /// <exception cref="ProtocolException">
    /// The relay names two streams alike, or the stream has no handshake that this side made.
    /// </exception>
    public RelayedStream Accept(ConnectionMessage connection, ServerListing listing)
    {
        NoiseResult? keys = TakeKeys(connection.IsCustodial, connection.HandshakeId, listing.Alias);
        if (keys is not null && keys.RemotePublicKey != connection.RemotePublicKey)
        {
            keys.Dispose();
            throw new ProtocolException("a connection is of another peer than its handshake");
        }

        var stream = new RelayedStream(
            link, this, link.NextNumber(), isInitiator: false, listing.KeyPair, connection.RemotePublicKey);
        stream.TryOpen(connection.Alias, connection.HandshakeHash, keys);
        _open.Add(connection.Alias, stream);
        stream.HandleOpened();
        link.Reply(new ConnectedMessage(stream.Alias, connection.Alias));
        return stream;
    }

    /// <summary>
    /// A server that was closed meanwhile has accepted a stream: it is taken and destroyed, lest the peer wait.
    /// </summary>
    public void Refuse(ConnectionMessage connection)
    {
        uint alias = link.NextNumber();
        link.Reply(new ConnectedMessage(alias, connection.Alias));
        link.Reply(new DestroyMessage(IsPaired: true, alias, Error: null));
    }

    /// <summary>The relay has opened a stream.</summary>
    /// <exception cref="ProtocolException">
    /// The relay names two streams alike, or the stream has no handshake that this side made.
    /// </exception>
    public void HandleOpen(OpenMessage open)
    {
        if (!_dialled.TryGet(open.RemoteAlias, out RelayedStream? stream))
        {
            return;
        }

        NoiseResult? keys = TakeKeys(open.IsCustodial, open.HandshakeId, stream.Alias);
        if (stream.TryOpen(open.Alias, open.HandshakeHash, keys))
        {
            _open.Add(open.Alias, stream);
            _dialled.Remove(stream.Alias);
            handshakes.RemoveOf(stream.Alias);
            if (stream.Completion.IsCompleted)
            {
                // given up in between, when it was not to be found here
                _open.Remove(open.Alias);
            }

            stream.HandleOpened();
        }
    }

    public void HandleData(DataMessage data)
    {
        if (_open.TryGet(data.Alias, out RelayedStream? stream))
        {
            stream.HandleData(data);
        }
        else
        {
            data.Dispose();
        }
    }

    public void HandleEnd(EndMessage end)
    {
        if (_open.TryGet(end.Alias, out RelayedStream? stream))
        {
            stream.HandleEnd();
        }
    }

    public void HandleDestroy(DestroyMessage destroy)
    {
        AliasTable<RelayedStream> table = destroy.IsPaired ? _open : _dialled;
        if (table.TryGet(destroy.Alias, out RelayedStream? stream))
        {
            stream.HandleFailure(ToFailure(destroy));
        }
    }

    /// <summary>It is over.</summary>
    public void Forget(RelayedStream stream)
    {
        handshakes.RemoveOf(stream.Alias);
        _dialled.Remove(stream.Alias);
        if (stream.RemoteAlias is { } alias)
        {
            _open.Remove(alias);
        }
    }

    /// <summary>The session is over.</summary>
    public void Close(DhtException end)
    {
        foreach (RelayedStream stream in (RelayedStream[])[.. _dialled.Close(end), .. _open.Close(end)])
        {
            stream.HandleFailure(end);
        }
    }

    private NoiseResult? TakeKeys(bool isCustodial, uint handshakeId, uint owner)
    {
        if (isCustodial != link.Options.Custodial)
        {
            throw new ProtocolException($"a stream is {(isCustodial ? "custodial" : "noncustodial")}, the client is not");
        }

        return isCustodial
            ? null
            : handshakes.TakeKeys(handshakeId, owner)
                ?? throw new ProtocolException($"a stream's handshake {handshakeId} is none of this client's");
    }

    private static DhtException ToFailure(DestroyMessage destroy) => destroy switch
    {
        { Error: { } error } => DhtException.FromMessage(error),
        { IsPaired: true } => new DhtException(DhtError.StreamReset),
        _ => new DhtException(DhtError.PeerConnectionFailed),
    };
}

using System.Diagnostics.CodeAnalysis;
using RelayCluster.Client.Sessions;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Streams;

/// <summary>
/// The streams of a session: those that are dialled by this side's alias, those that are open by the relay's. What the
/// relay says of one that is not there raced with this side's destroying it, and is dropped.
/// </summary>
internal sealed class SessionStreams(RelayLink link)
{
    private readonly AliasTable<RelayedStream> _dialled = new();
    private readonly AliasTable<RelayedStream> _open = new();

    /// <summary>Asks the relay for a stream; <see cref="RelayedStream.Opened"/> tells what comes of it.</summary>
    /// <exception cref="DhtException">The session is over.</exception>
    public RelayedStream Dial(Fixed32 publicKey, Fixed32 remotePublicKey)
    {
        var stream = new RelayedStream(
            link, this, link.NextNumber(), isInitiator: true, publicKey, remotePublicKey);
        _dialled.Add(stream.Alias, stream);
        return stream;
    }

    /// <summary>The stream that is dialled under this alias.</summary>
    public bool TryGetDialled(uint alias, [NotNullWhen(true)] out RelayedStream? stream) =>
        _dialled.TryGet(alias, out stream);

    /// <summary>A server has accepted a stream, which is open at once.</summary>
    /// <exception cref="ProtocolException">The relay names two streams alike.</exception>
    public RelayedStream Accept(ConnectionMessage connection, Fixed32 publicKey)
    {
        var stream = new RelayedStream(
            link, this, link.NextNumber(), isInitiator: false, publicKey, connection.RemotePublicKey);
        _open.Add(connection.Alias, stream);
        stream.TryOpen(connection.Alias, connection.HandshakeHash, keys: null);
        link.Reply(new ConnectedMessage(stream.Alias, connection.Alias));
        return stream;
    }

    /// <summary>The relay has opened a stream; what the reader is given is open, and in the table.</summary>
    /// <exception cref="ProtocolException">The relay names two streams alike.</exception>
    public void HandleOpen(OpenMessage open)
    {
        if (_dialled.TryRemove(open.RemoteAlias, out RelayedStream? stream))
        {
            _open.Add(open.Alias, stream);
            if (!stream.TryOpen(open.Alias, open.HandshakeHash, keys: null))
            {
                _open.Remove(open.Alias);
            }
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

    private static DhtException ToFailure(DestroyMessage destroy) => destroy switch
    {
        { Error: { } error } => DhtException.FromMessage(error),
        { IsPaired: true } => new DhtException(DhtError.StreamReset),
        _ => new DhtException(DhtError.PeerConnectionFailed),
    };
}

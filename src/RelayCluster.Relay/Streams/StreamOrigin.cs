using RelayCluster.Dht;
using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Questions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Streams;

/// <summary>How a stream came to be. Once it is open, one is as good as another.</summary>
internal abstract class StreamOrigin : IDisposable
{
    /// <summary>Who asked for the stream.</summary>
    public abstract StreamDirection Direction { get; }

    /// <summary>Who is at its other end, or is to be.</summary>
    public abstract Fixed32 RemotePublicKey { get; }

    /// <summary>The client's alias if it has told one already, else the relay's.</summary>
    public abstract uint Alias { get; }

    /// <summary>Whether the client has yet to show that it wants the stream when it is open.</summary>
    public abstract bool AwaitsClient { get; }

    /// <summary>Opens the stream; once.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract ValueTask<DhtStream> OpenAsync(CancellationToken cancellationToken);

    /// <summary>What tells the client that the stream is open.</summary>
    /// <param name="alias">The relay's alias.</param>
    /// <param name="stream">The open stream.</param>
    public abstract RelayMessage Announce(uint alias, DhtStream stream);

    /// <summary>The handshake that the client has made for the stream; 0 if the relay made it.</summary>
    protected static uint HandshakeIdOf(DhtStream stream) =>
        stream is IForeignStream { Handshake: AskedHandshake handshake } ? handshake.Id : 0;

    /// <summary>Zeroes what secrets it has, when the stream is open or never will be. May be called again.</summary>
    public abstract void Dispose();
}

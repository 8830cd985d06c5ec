using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Administration;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Streams;

/// <summary>A stream that one of the client's servers has accepted: open before the client knows of it.</summary>
/// <param name="alias">The relay's alias of the stream.</param>
/// <param name="serverAlias">The relay's alias of the server.</param>
/// <param name="stream">The stream, which belongs to the actor from its start on.</param>
internal sealed class AcceptedStream(uint alias, uint serverAlias, DhtStream stream) : StreamOrigin
{
    public override StreamDirection Direction => StreamDirection.Accepted;

    public override Fixed32 RemotePublicKey => stream.RemotePublicKey;

    public override uint Alias => alias;

    public override bool AwaitsClient => true;

    public override ValueTask<DhtStream> OpenAsync(CancellationToken cancellationToken) => new(stream);

    public override RelayMessage Announce(uint alias, DhtStream stream) =>
        new ConnectionMessage(alias, serverAlias, stream.RemotePublicKey, stream.HandshakeHash, HandshakeIdOf(stream));

    /// <summary>It has no secrets, and the stream is its actor's.</summary>
    public override void Dispose()
    {
    }
}

using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Servers;
using RelayCluster.Relay.Sessions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Questions;

/// <summary>A handshake of a client that listens.</summary>
/// <param name="scope">The session's.</param>
/// <param name="listen">What the client asked for.</param>
/// <param name="serverAlias">The relay's alias of the server.</param>
/// <param name="door">Where the peer waits until the client can be asked about it.</param>
internal sealed class AskedResponder(
    SessionScope scope,
    ListenMessage listen,
    uint serverAlias,
    ServerDoor door) : AskedHandshake(scope)
{
    protected override bool IsInitiator => false;

    public override ValueTask<NoiseOffer> ReadAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken) =>
        door.AskAsync(stopping => AskToReadAsync(message, stopping), cancellationToken);

    public override async ValueTask<ReadOnlyMemory<byte>> WriteAsync(
        ReadOnlyMemory<byte> payload,
        CancellationToken cancellationToken)
    {
        var question = new NoiseSendMessage(Id, RemoteStreamAlias: null, payload);
        return (await AskAsync(question, completes: true, cancellationToken).ConfigureAwait(false)).Payload;
    }

    private async ValueTask<NoiseOffer> AskToReadAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken)
    {
        var question = new NoiseReceiveMessage(Id, serverAlias, message);
        NoiseReplyMessage reply = await AskAsync(question, completes: false, cancellationToken).ConfigureAwait(false);
        Fixed32 peer = reply.RemotePublicKey!.Value;
        if (Scope.Policy.Knock(listen.PublicKey, peer) is { } refusal)
        {
            Scope.Refusals.Refuse(peer, listen.Alias, refusal);
            throw new ProtocolException("The relay's policy does not let the peer in");
        }

        return new NoiseOffer(peer, reply.Payload);
    }
}

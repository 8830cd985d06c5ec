using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Sessions;

namespace RelayCluster.Relay.Questions;

/// <summary>A handshake of a client that dials.</summary>
internal sealed class AskedInitiator(SessionScope scope, ConnectMessage connect) : AskedHandshake(scope)
{
    protected override bool IsInitiator => true;

    public override async ValueTask<ReadOnlyMemory<byte>> WriteAsync(
        ReadOnlyMemory<byte> payload,
        CancellationToken cancellationToken)
    {
        var question = new NoiseSendMessage(Id, connect.Alias, payload);
        return (await AskAsync(question, completes: false, cancellationToken).ConfigureAwait(false)).Payload;
    }

    public override async ValueTask<NoiseOffer> ReadAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken)
    {
        var question = new NoiseReceiveMessage(Id, ServerAlias: null, message);
        NoiseReplyMessage reply = await AskAsync(question, completes: true, cancellationToken).ConfigureAwait(false);
        return new NoiseOffer(connect.RemotePublicKey, reply.Payload);
    }
}

using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Sessions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Questions;

/// <summary>
/// A Noise handshake that the client makes: each of its two messages is a question, noiseSend or noiseReceive, and each
/// answer a noiseReply. What is asked in which order, and what the answers hold, is told at <see
/// cref="NoiseSendMessage"/>.
/// </summary>
internal abstract class AskedHandshake(SessionScope scope) : IForeignHandshake
{
    /// <summary>The name that both questions have, and the message that tells of the stream.</summary>
    public uint Id { get; } = scope.NextId();

    /// <summary>As the client tells it at the end; npm's does.</summary>
    public Fixed32? HolepunchSecret { get; private set; }

    /// <summary>The session's.</summary>
    protected SessionScope Scope => scope;

    /// <summary>Whether the client is the handshake's initiator.</summary>
    protected abstract bool IsInitiator { get; }

    public abstract ValueTask<ReadOnlyMemory<byte>> WriteAsync(
        ReadOnlyMemory<byte> payload,
        CancellationToken cancellationToken);

    public abstract ValueTask<NoiseOffer> ReadAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken);

    /// <summary>Asks, and takes no other answer than the one that comes at this place.</summary>
    protected async ValueTask<NoiseReplyMessage> AskAsync(
        RelayMessage question,
        bool completes,
        CancellationToken cancellationToken)
    {
        RelayMessage answer = await scope.Questions.AskAsync(Id, question, cancellationToken).ConfigureAwait(false);
        if (answer is not NoiseReplyMessage { Payload.IsEmpty: false } reply
            || reply.IsInitiator != IsInitiator
            || reply.IsComplete != completes)
        {
            throw new ProtocolException($"The client does not go on with handshake {Id} after a {question.Type}");
        }

        HolepunchSecret = reply.Completion?.HolepunchSecret;
        return reply;
    }
}

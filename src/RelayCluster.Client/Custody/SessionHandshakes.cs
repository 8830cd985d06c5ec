using RelayCluster.Client.Servers;
using RelayCluster.Client.Sessions;
using RelayCluster.Client.Streams;
using RelayCluster.Crypto;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Custody;

/// <summary>
/// Makes the Noise messages that the relay asks a noncustodial client for; the order of the questions is drawn at
/// <see cref="NoiseSendMessage"/>. What cannot be done is answered by an empty payload, and the handshake is over:
/// whoever relays in the DHT may have made a message up, so that is nobody's breach of the protocol.
/// </summary>
internal sealed class SessionHandshakes(
    RelayLink link, HandshakeTable handshakes, SessionStreams streams, SessionServers servers)
{
    /// <summary>
    /// A stream's handshake is made anew for each answer that did not fit; so many ways to a peer there are not.
    /// </summary>
    private const int MaxPerStream = 64;

    private readonly TimeProvider _timeProvider = link.Options.TimeProvider;

    public void HandleSend(NoiseSendMessage question)
    {
        KeptHandshake? handshake = question.RemoteStreamAlias is { } alias ? Begin(question.Id, alias)
            : handshakes.TryGet(question.Id, out KeptHandshake? known) && !known.IsInitiator ? known
            : null;
        Answer(question.Id, question.IsInitiator, handshake, h => h.Write(question.Payload.Span));
    }

    public void HandleReceive(NoiseReceiveMessage question)
    {
        if (question.ServerAlias is { } alias)
        {
            Admit(question, alias);
            return;
        }

        KeptHandshake? handshake =
            handshakes.TryGet(question.Id, out KeptHandshake? known) && known.IsInitiator ? known : null;
        Answer(question.Id, isInitiator: true, handshake, h => h.Read(question.Payload.Span));
    }

    private KeptHandshake? Begin(uint id, uint alias)
    {
        if (!streams.TryGetDialled(alias, out RelayedStream? stream))
        {
            return null;
        }

        return TryAdd(id, stream.KeyPair!, stream.RemotePublicKey, alias, MaxPerStream);
    }

    private KeptHandshake? TryAdd(uint id, KeyPair keyPair, Fixed32? remotePublicKey, uint owner, int max)
    {
        var handshake = new KeptHandshake(keyPair, remotePublicKey, owner, _timeProvider.GetTimestamp());
        return handshakes.TryAdd(id, handshake, max) ? handshake : null;
    }

    /// <summary>Somebody wants to connect to a server: who, only the one who has its key can tell.</summary>
    private void Admit(NoiseReceiveMessage question, uint serverAlias)
    {
        uint id = question.Id;
        if (!servers.TryGet(serverAlias, out ServerListing? listing))
        {
            Refuse(id, isInitiator: false);
            return;
        }

        KeptHandshake? handshake =
            TryAdd(id, listing.KeyPair, null, listing.Alias, listing.Server.MaxPendingHandshakes);
        if (handshake is null)
        {
            Refuse(id, isInitiator: false);
            return;
        }

        byte[] payload;
        try
        {
            payload = handshake.Read(question.Payload.Span);
        }
        catch (ProtocolException)
        {
            Refuse(id, isInitiator: false);
            return;
        }

        Fixed32 remotePublicKey = handshake.RemotePublicKey;
        listing.Server.Ask(remotePublicKey, payload, mayConnect =>
        {
            if (mayConnect)
            {
                link.Reply(new NoiseReplyMessage(IsInitiator: false, id, payload, remotePublicKey, Completion: null));
            }
            else
            {
                Refuse(id, isInitiator: false);
            }
        });
    }

    private void Answer(uint id, bool isInitiator, KeptHandshake? handshake, Func<KeptHandshake, byte[]> make)
    {
        try
        {
            if (handshake is not null)
            {
                byte[] payload = make(handshake);
                link.Reply(new NoiseReplyMessage(isInitiator, id, payload, null, handshake.Completion));
                return;
            }
        }
        catch (ProtocolException)
        {
            // refused below
        }

        Refuse(id, isInitiator);
    }

    private void Refuse(uint id, bool isInitiator)
    {
        handshakes.Remove(id);
        Fixed32? nobody = isInitiator ? null : default(Fixed32);
        link.Reply(new NoiseReplyMessage(isInitiator, id, default, nobody, Completion: null));
    }
}

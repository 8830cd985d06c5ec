using RelayCluster.Crypto;
using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Sessions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Questions;

/// <summary>
/// A client that announces, and keeps its secret key: each node's signature is a question. What it answers is verified:
/// anybody can ask to listen on a key, but not sign for it.
/// </summary>
/// <param name="scope">The session's.</param>
/// <param name="publicKey">What is announced.</param>
/// <param name="signee">The client's name for what it is announced for: its alias of a server, or the id of a
/// query.</param>
internal sealed class AskedSigner(SessionScope scope, Fixed32 publicKey, uint signee) : IAnnounceSigner
{
    private volatile bool _wasAsked;
    private volatile bool _hasSigned;

    public Fixed32 PublicKey => publicKey;

    /// <summary>Whether the client was asked and has not signed anything.</summary>
    public bool SignsNothing => _wasAsked && !_hasSigned;

    /// <summary>
    /// Whether the client has the key. If no node has wanted a signature it is asked for one that is good for nothing:
    /// node and token are nobody's.
    /// </summary>
    public async ValueTask<bool> ProveAsync(CancellationToken cancellationToken)
    {
        if (!_hasSigned)
        {
            var challenge = new AnnounceToSign(
                IsWithdrawal: false,
                Blake2b.Hash(publicKey.Span),
                RandomBytes.NextFixed32(),
                RandomBytes.NextFixed32(),
                publicKey,
                []);
            await SignAsync(challenge, cancellationToken).ConfigureAwait(false);
        }

        return _hasSigned;
    }

    public async ValueTask<byte[]?> SignAsync(AnnounceToSign announce, CancellationToken cancellationToken)
    {
        _wasAsked = true;
        uint id = scope.NextId();
        RelayMessage question = announce.IsWithdrawal
            ? new SignUnannounceMessage(id, signee, announce.Token, announce.NodeId, announce.RelayAddresses)
            : new SignAnnounceMessage(id, signee, announce.Token, announce.NodeId, announce.RelayAddresses);
        try
        {
            RelayMessage answer = await scope.Questions.AskAsync(id, question, cancellationToken).ConfigureAwait(false);
            if (answer is not SignatureMessage signed || !announce.Verify(signed.Signature.Span))
            {
                return null;
            }

            _hasSigned = true;
            return signed.Signature.ToArray();
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}

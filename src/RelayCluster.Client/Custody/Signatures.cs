using System.Net;
using RelayCluster.Client.Sessions;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Custody;

/// <summary>
/// Signs announcements for the servers and queries of a noncustodial session, and nothing else: what is signed is about
/// the topic and the key of what the relay names, whatever it wishes. For what is unknown the answer is no signature.
/// </summary>
internal sealed class Signatures(RelayLink link)
{
    private readonly AliasTable<Signer> _signers = new();

    /// <summary>From now on the relay may ask about it.</summary>
    /// <param name="signee">The alias of the server, or the id of the query.</param>
    /// <param name="signer">Who signs.</param>
    public void Add(uint signee, Signer signer) => _signers.Add(signee, signer);

    /// <summary>The server is closed, or the query finished.</summary>
    public void Remove(uint signee) => _signers.Remove(signee);

    public void HandleSignAnnounce(SignAnnounceMessage question) => Answer(
        question.Id, question.Signee, isWithdrawal: false, question.Token, question.PeerId, question.RelayAddresses);

    public void HandleSignUnannounce(SignUnannounceMessage question) => Answer(
        question.Id, question.Signee, isWithdrawal: true, question.Token, question.PeerId, question.RelayAddresses);

    /// <summary>The session is over.</summary>
    public void Close(DhtException end) => _signers.Close(end);

    private void Answer(
        uint id,
        uint signee,
        bool isWithdrawal,
        Fixed32 token,
        Fixed32? nodeId,
        IReadOnlyList<IPEndPoint> relayAddresses)
    {
        byte[] signature = [];
        if (nodeId is { } node && _signers.TryGet(signee, out Signer? signer))
        {
            KeyPair keyPair = signer.KeyPair;
            signature = new AnnounceToSign(
                isWithdrawal, signer.Target, token, node, keyPair.PublicKey, relayAddresses).Sign(keyPair);
        }

        link.Reply(new SignatureMessage(id, signature));
    }
}

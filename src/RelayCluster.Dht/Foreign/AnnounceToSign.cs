using System.Net;
using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Foreign;

/// <summary>
/// An announcement, or its withdrawal, that is to be signed for one node. The signature holds for that node and as long
/// as its token does.
/// </summary>
/// <param name="IsWithdrawal">Whether it takes an earlier one back.</param>
/// <param name="Target">The topic, or the hash of the public key of a server.</param>
/// <param name="Token">What the node gave.</param>
/// <param name="NodeId">The node where it is stored.</param>
/// <param name="PublicKey">Who announces.</param>
/// <param name="RelayAddresses">The nodes that are stored with the key; IPv4.</param>
public sealed record AnnounceToSign(
    bool IsWithdrawal,
    Fixed32 Target,
    Fixed32 Token,
    Fixed32 NodeId,
    Fixed32 PublicKey,
    IReadOnlyList<IPEndPoint> RelayAddresses)
{
    private Fixed32 Scope => IsWithdrawal ? HyperNamespace.Unannounce : HyperNamespace.Announce;

    /// <summary>The 64 bytes of the signature.</summary>
    /// <exception cref="ArgumentException">The key pair is another one's.</exception>
    public byte[] Sign(KeyPair keyPair)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        if (keyPair.PublicKey != PublicKey)
        {
            throw new ArgumentException("what is announced is another key", nameof(keyPair));
        }

        return AnnounceSignature.Sign(Scope, Target, Token, NodeId, CreateRecord(), refresh: null, keyPair);
    }

    /// <summary>Whether that is a signature of this.</summary>
    public bool Verify(ReadOnlySpan<byte> signature) =>
        AnnounceSignature.Verify(Scope, Target, Token, NodeId, CreateRecord(), refresh: null, signature);

    private PeerRecord CreateRecord() => new(PublicKey, [.. RelayAddresses.Select(a => new UdpEndPoint(a))]);
}

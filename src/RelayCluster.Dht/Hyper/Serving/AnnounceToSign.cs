using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>An announcement that is to be signed; see <see cref="AnnounceSignature"/>.</summary>
/// <param name="IsWithdrawal">Whether it takes an earlier one back.</param>
/// <param name="Target">The hash of the server's public key.</param>
/// <param name="Token">What the node gave.</param>
/// <param name="NodeId">The node where it is stored.</param>
/// <param name="Peer">The record that is stored.</param>
internal sealed record AnnounceToSign(
    bool IsWithdrawal,
    Fixed32 Target,
    Fixed32 Token,
    Fixed32 NodeId,
    PeerRecord Peer);

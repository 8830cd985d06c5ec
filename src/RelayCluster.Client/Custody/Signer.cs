using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Client.Custody;

/// <summary>For whom and about what a noncustodial client signs: a query, or a server and its own key's hash.</summary>
/// <param name="Target">The topic that is announced under.</param>
/// <param name="KeyPair">Who announces; it stays its owner's.</param>
internal sealed record Signer(Fixed32 Target, KeyPair KeyPair);

using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>A server whose secret key is here. The key pair stays the caller's.</summary>
internal sealed class KeyPairIdentity(KeyPair keyPair, SecretStreamOptions streamOptions) : IServerIdentity
{
    public Fixed32 PublicKey => keyPair.PublicKey;

    public INoiseResponder CreateResponder() => new KeyPairResponder(keyPair, streamOptions);

    public ValueTask<byte[]> SignAsync(AnnounceToSign announce, CancellationToken cancellationToken)
    {
        Fixed32 scope = announce.IsWithdrawal ? HyperNamespace.Unannounce : HyperNamespace.Announce;
        return ValueTask.FromResult(AnnounceSignature.Sign(
            scope, announce.Target, announce.Token, announce.NodeId, announce.Peer, refresh: null, keyPair));
    }
}

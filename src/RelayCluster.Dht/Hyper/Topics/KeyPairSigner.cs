using RelayCluster.Crypto;
using RelayCluster.Dht.Foreign;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Topics;

/// <summary>Signs with a secret key that is here. The key pair stays the caller's.</summary>
internal sealed class KeyPairSigner(KeyPair keyPair) : IAnnounceSigner
{
    public Fixed32 PublicKey => keyPair.PublicKey;

    public ValueTask<byte[]?> SignAsync(AnnounceToSign announce, CancellationToken cancellationToken) =>
        ValueTask.FromResult<byte[]?>(announce.Sign(keyPair));
}

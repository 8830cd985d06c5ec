using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Dht.Hyper.Topics;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>A server whose secret key is here. The key pair stays the caller's.</summary>
internal sealed class KeyPairIdentity(KeyPair keyPair, SecretStreamOptions streamOptions) : IServerIdentity
{
    public Fixed32 PublicKey => keyPair.PublicKey;

    public IAnnounceSigner Signer { get; } = new KeyPairSigner(keyPair);

    public INoiseHandshake CreateHandshake() => new KeyPairHandshake(keyPair, null, streamOptions);
}

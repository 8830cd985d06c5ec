using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>A server whose secret key is elsewhere.</summary>
internal sealed class ForeignServerIdentity(IForeignIdentity identity, IAnnounceSigner signer) : IServerIdentity
{
    public Fixed32 PublicKey => identity.PublicKey;

    public IAnnounceSigner Signer => signer;

    public INoiseHandshake CreateHandshake() =>
        new ForeignHandshake(identity.BeginHandshake(), isInitiator: false, identity.PublicKey, null);
}

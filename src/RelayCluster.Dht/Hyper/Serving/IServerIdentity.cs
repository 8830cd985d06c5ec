using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>Whose server it is: its public key, and who does what needs the secret one.</summary>
internal interface IServerIdentity
{
    Fixed32 PublicKey { get; }

    IAnnounceSigner Signer { get; }

    /// <summary>The server's half of one client's handshake; the caller disposes it.</summary>
    INoiseHandshake CreateHandshake();
}

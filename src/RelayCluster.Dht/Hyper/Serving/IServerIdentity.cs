using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>Whose server it is: its public key, and who does what needs the secret one.</summary>
internal interface IServerIdentity : IAnnounceSigner
{
    Fixed32 PublicKey { get; }

    /// <summary>The server's half of one client's handshake; the caller disposes it.</summary>
    INoiseResponder CreateResponder();
}

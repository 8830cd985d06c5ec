using RelayCluster.Wire;

namespace RelayCluster.Dht.Foreign;

/// <summary>
/// Signs announcements and withdrawals of one key pair, of which the secret half may be elsewhere. Used from any
/// thread, for several nodes at once.
/// </summary>
public interface IAnnounceSigner
{
    /// <summary>The key that is announced.</summary>
    Fixed32 PublicKey { get; }

    /// <summary>The 64 bytes of the signature; null if there is none to be had: then this node is left out.</summary>
    ValueTask<byte[]?> SignAsync(AnnounceToSign announce, CancellationToken cancellationToken);
}

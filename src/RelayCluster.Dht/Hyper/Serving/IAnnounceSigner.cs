namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>
/// Signs announcements and withdrawals of one key pair. A port like <see cref="INoiseResponder"/>, and for the same
/// reason.
/// </summary>
internal interface IAnnounceSigner
{
    /// <summary>The 64 bytes of the signature.</summary>
    ValueTask<byte[]> SignAsync(AnnounceToSign announce, CancellationToken cancellationToken);
}

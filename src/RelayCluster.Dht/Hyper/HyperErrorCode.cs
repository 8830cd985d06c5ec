namespace RelayCluster.Dht.Hyper;

/// <summary>
/// Error numbers inside handshakes and hole punching, and of refused puts (hyperdht, lib/constants.js).
/// </summary>
internal static class HyperErrorCode
{
    public const uint None = 0;
    public const uint Aborted = 1;
    public const uint VersionMismatch = 2;
    public const uint TryLater = 3;
    public const uint SequenceReused = 16;
    public const uint SequenceTooLow = 17;
}

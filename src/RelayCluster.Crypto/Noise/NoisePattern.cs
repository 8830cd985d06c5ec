namespace RelayCluster.Crypto.Noise;

/// <summary>
/// Which keys the sides know beforehand and how they tell the others (Noise specification, section 7.5). The DHT
/// connects with <see cref="IK"/>; streams over TCP use <see cref="XX"/>.
/// </summary>
public enum NoisePattern
{
    /// <summary>The initiator knows the responder's key and tells its own at once: two messages.</summary>
    IK,

    /// <summary>Nothing is known; both tell their keys encrypted: three messages.</summary>
    XX,

    /// <summary>The initiator knows the responder's key and tells its own last: three messages.</summary>
    XK,

    /// <summary>Nobody has a static key: two messages.</summary>
    NN,
}

namespace RelayCluster.Crypto.Noise;

/// <summary>
/// A step within a handshake message (Noise specification, section 5.3), in the specification's letters.
/// </summary>
internal enum NoiseToken
{
    /// <summary>The sender's ephemeral key follows.</summary>
    E,

    /// <summary>The sender's static key follows.</summary>
    S,

    /// <summary>Agreement of both ephemeral keys.</summary>
    EE,

    /// <summary>Agreement of the initiator's ephemeral and the responder's static key.</summary>
    ES,

    /// <summary>Agreement of the initiator's static and the responder's ephemeral key.</summary>
    SE,

    /// <summary>Agreement of both static keys.</summary>
    SS,
}

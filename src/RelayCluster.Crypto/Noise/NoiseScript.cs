using static RelayCluster.Crypto.Noise.NoiseToken;

namespace RelayCluster.Crypto.Noise;

/// <summary>
/// A pattern spelled out: its name on the wire, what is known beforehand, and the tokens of each message.
/// </summary>
internal sealed class NoiseScript
{
    private static readonly NoiseScript IK = new("IK"u8, true, [[E, ES, S, SS], [E, EE, SE]]);
    private static readonly NoiseScript XX = new("XX"u8, false, [[E], [E, EE, S, ES], [S, SE]]);
    private static readonly NoiseScript XK = new("XK"u8, true, [[E, ES], [E, EE], [S, SE]]);
    private static readonly NoiseScript NN = new("NN"u8, false, [[E], [E, EE]]);

    private NoiseScript(ReadOnlySpan<byte> pattern, bool knowsResponder, NoiseToken[][] messages)
    {
        ProtocolName = [.. "Noise_"u8, .. pattern, .. "_Ed25519_ChaChaPoly_BLAKE2b"u8];
        KnowsResponder = knowsResponder;
        Messages = messages;
    }

    internal byte[] ProtocolName { get; }

    /// <summary>Whether the initiator has the responder's static key before the first message.</summary>
    internal bool KnowsResponder { get; }

    /// <summary>The initiator sends the first message; then they take turns.</summary>
    internal NoiseToken[][] Messages { get; }

    internal static NoiseScript Of(NoisePattern pattern) => pattern switch
    {
        NoisePattern.IK => IK,
        NoisePattern.XX => XX,
        NoisePattern.XK => XK,
        NoisePattern.NN => NN,
        _ => throw new ArgumentOutOfRangeException(nameof(pattern), pattern, "No such pattern"),
    };
}

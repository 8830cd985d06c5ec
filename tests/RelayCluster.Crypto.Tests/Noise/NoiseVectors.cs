using System.Text.Json;
using RelayCluster.Crypto.Noise;
using RelayCluster.Vectors;

namespace RelayCluster.Crypto.Tests.Noise;

/// <summary>Both sides of a handshake with the key pairs that all vectors of noise.json use.</summary>
internal static class NoiseVectors
{
    internal static readonly VectorFile File = VectorFile.Load("noise.json");

    internal static KeyPair Key(string name) =>
        KeyPair.FromSeed(File.Root.GetProperty("keys").GetProperty(name).Hex("seed"));

    internal static NoiseHandshake Side(JsonElement vector, bool isInitiator)
    {
        string side = isInitiator ? "initiator" : "responder";
        return new NoiseHandshake(
            Enum.Parse<NoisePattern>(vector.GetProperty("pattern").GetString()!),
            isInitiator,
            Key(side + "Static"),
            isInitiator ? Key("responderStatic").PublicKey : null,
            vector.Hex("prologue"),
            Key(side + "Ephemeral"));
    }
}

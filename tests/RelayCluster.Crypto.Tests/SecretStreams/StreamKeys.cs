using System.Text.Json;
using RelayCluster.Crypto.Noise;
using RelayCluster.Vectors;

namespace RelayCluster.Crypto.Tests.SecretStreams;

/// <summary>What a handshake left, out of a vector or made up.</summary>
internal static class StreamKeys
{
    private static readonly byte[] Hash = [.. Enumerable.Range(0, 64).Select(i => (byte)i)];
    private static readonly byte[] FirstKey = [.. Enumerable.Repeat((byte)0xA1, 32)];
    private static readonly byte[] SecondKey = [.. Enumerable.Repeat((byte)0xB2, 32)];

    /// <summary>Of the side that a vector tells <c>tx</c> and <c>rx</c> of.</summary>
    internal static NoiseResult Of(JsonElement vector, JsonElement side) =>
        new(vector.Hex("hash"), side.Hex("tx"), side.Hex("rx"), publicKey: default, remotePublicKey: default);

    /// <summary>Of one side of a handshake that nobody held; the other side's fit.</summary>
    internal static NoiseResult MadeUp(bool isInitiator) =>
        new(
            Hash,
            isInitiator ? FirstKey : SecondKey,
            isInitiator ? SecondKey : FirstKey,
            publicKey: default,
            remotePublicKey: default);
}

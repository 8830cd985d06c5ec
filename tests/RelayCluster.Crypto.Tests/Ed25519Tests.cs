using System.Text.Json;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Tests;

public sealed class Ed25519Tests
{
    private static readonly IReadOnlyList<JsonElement> Vectors =
        VectorFile.Load("crypto.json").Where("kind", "ed25519");

    [Fact]
    public void Verify_EveryVector_TellsWhetherItIsValid()
    {
        foreach (JsonElement vector in Vectors)
        {
            bool isValid = Ed25519.Verify(
                vector.Hex("hex"), vector.Hex("message"), new Fixed32(vector.Hex("publicKey")));
            Assert.True(vector.Is("valid") == isValid, vector.Name());
        }
    }

    [Fact]
    public void Sign_EveryValidVector_GivesTheBytes()
    {
        foreach (JsonElement vector in Vectors.Where(v => v.Is("valid")))
        {
            using KeyPair pair = KeyPair.FromSeed(vector.Hex("seed"));
            Assert.Equal(vector.Hex("hex"), Ed25519.Sign(vector.Hex("message"), pair));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(65)]
    public void Verify_SignatureOfAnotherLength_IsFalse(int length)
    {
        using KeyPair pair = KeyPair.Generate();
        Assert.False(Ed25519.Verify(new byte[length], [1], pair.PublicKey));
    }

    [Fact]
    public void Verify_KeyOfAnother_IsFalse()
    {
        using KeyPair signer = KeyPair.Generate();
        using KeyPair other = KeyPair.Generate();
        Assert.False(Ed25519.Verify(Ed25519.Sign([1, 2], signer), [1, 2], other.PublicKey));
    }
}

using System.Text.Json;
using RelayCluster.Vectors;

namespace RelayCluster.Crypto.Tests;

public sealed class KeyPairTests
{
    [Fact]
    public void FromSeed_EveryVector_GivesBothKeys()
    {
        VectorFile vectors = VectorFile.Load("crypto.json");
        foreach (JsonElement vector in vectors.Where("kind", "ed25519").Where(v => v.Is("valid")))
        {
            using KeyPair pair = KeyPair.FromSeed(vector.Hex("seed"));
            Assert.Equal(vector.Hex("publicKey"), pair.PublicKey.ToArray());
            Assert.Equal(vector.Hex("secretKey"), pair.SecretKey.ToArray());
        }
    }

    [Fact]
    public void Generate_Twice_GivesDifferentPairs()
    {
        using KeyPair first = KeyPair.Generate();
        using KeyPair second = KeyPair.Generate();
        Assert.NotEqual(first.PublicKey, second.PublicKey);
    }

    [Fact]
    public void Dispose_ZeroesTheSecretAndKeepsThePublicKey()
    {
        KeyPair pair = KeyPair.Generate();
        var publicKey = pair.PublicKey;

        pair.Dispose();

        Assert.True(pair.SecretKey.IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(publicKey, pair.PublicKey);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    public void FromSeed_OfAnotherLength_IsRefused(int length)
    {
        Assert.Throws<ArgumentException>(() => KeyPair.FromSeed(new byte[length]));
    }

    [Fact]
    public void HasMatchingHalves_OfAPairPutTogether_TellsWhetherTheyBelongTogether()
    {
        using KeyPair one = KeyPair.Generate();
        using KeyPair other = KeyPair.Generate();
        using var whole = new KeyPair(one.PublicKey, one.SecretKey);
        using var mixed = new KeyPair(one.PublicKey, other.SecretKey);
        using var forged = new KeyPair(one.PublicKey, [.. other.SecretKey[..32], .. one.PublicKey.Span]);

        Assert.True(whole.HasMatchingHalves());
        Assert.False(mixed.HasMatchingHalves());
        Assert.False(forged.HasMatchingHalves());
    }
}

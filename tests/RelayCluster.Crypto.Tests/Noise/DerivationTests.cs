using System.Text.Json;
using RelayCluster.Crypto.Noise;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Tests.Noise;

public sealed class DerivationTests
{
    private static readonly VectorFile Vectors = VectorFile.Load("noise.json");

    [Fact]
    public void Hmac_EveryVector_GivesTheBytes()
    {
        foreach (JsonElement vector in Vectors.Where("kind", "hmac"))
        {
            byte[] data = vector.Hex("data");
            var mac = new byte[HmacBlake2b.Size];
            HmacBlake2b.Compute(vector.Hex("key"), data.AsSpan(0, data.Length / 2), data.AsSpan(data.Length / 2), mac);
            Assert.True(vector.Hex("hex").AsSpan().SequenceEqual(mac), vector.Name());
        }
    }

    [Fact]
    public void Hkdf_EveryVector_GivesTheBytes()
    {
        foreach (JsonElement vector in Vectors.Where("kind", "hkdf"))
        {
            var output = new byte[vector.GetProperty("length").GetInt32()];
            Hkdf.Derive(vector.Hex("salt"), vector.Hex("ikm"), output);
            Assert.True(vector.Hex("hex").AsSpan().SequenceEqual(output), vector.Name());
        }
    }

    [Fact]
    public void CipherState_EveryVector_EncryptsAndDecrypts()
    {
        foreach (JsonElement vector in Vectors.Where("kind", "cipher"))
        {
            byte[] plaintext = vector.Hex("plaintext");
            using var sender = new CipherState();
            using var receiver = new CipherState();
            sender.SetKey(vector.Hex("key"), vector.GetProperty("nonce").GetUInt64());
            receiver.SetKey(vector.Hex("key"), vector.GetProperty("nonce").GetUInt64());

            var ciphertext = new byte[plaintext.Length + sender.Overhead];
            sender.Encrypt(plaintext, vector.Hex("ad"), ciphertext);
            Assert.True(vector.Hex("hex").AsSpan().SequenceEqual(ciphertext), vector.Name());

            var decrypted = new byte[plaintext.Length];
            Assert.True(receiver.TryDecrypt(ciphertext, vector.Hex("ad"), decrypted));
            Assert.Equal(plaintext, decrypted);
            Assert.Equal(sender.Nonce, receiver.Nonce);
        }
    }

    [Fact]
    public void Curve_EveryVector_GivesTheSharedPointOrRefusesTheKey()
    {
        foreach (JsonElement vector in Vectors.Where("kind", "dh"))
        {
            var scalar = new byte[Curve.Size];
            if (vector.HexOrNull("secretKey") is { } secretKey)
            {
                Curve.DeriveScalar(secretKey, scalar);
            }
            else
            {
                vector.Hex("scalar").CopyTo(scalar, 0);
            }

            var shared = new byte[Curve.Size];
            bool isSound = Curve.TryMultiply(scalar, new Fixed32(vector.Hex("publicKey")), shared);

            Assert.True(isSound != vector.Is("fails"), vector.Name());
            Assert.Equal(vector.HexOrNull("scalarUsed") ?? scalar, scalar);
            if (isSound)
            {
                Assert.True(vector.Hex("hex").AsSpan().SequenceEqual(shared), vector.Name());
            }
        }
    }
}

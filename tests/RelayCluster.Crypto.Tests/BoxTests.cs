using System.Text.Json;
using RelayCluster.Vectors;

namespace RelayCluster.Crypto.Tests;

public sealed class BoxTests
{
    private static readonly VectorFile Vectors = VectorFile.Load("crypto.json");

    [Fact]
    public void SecretBox_EveryVector_SealsAndOpens()
    {
        foreach (JsonElement vector in Vectors.Where("kind", "secretbox"))
        {
            byte[] plaintext = vector.Hex("plaintext");
            var box = new byte[plaintext.Length + SecretBox.TagSize];
            SecretBox.Seal(plaintext, vector.Hex("nonce"), vector.Hex("key"), box);
            Assert.Equal(vector.Hex("hex"), box);

            var opened = new byte[plaintext.Length];
            Assert.True(SecretBox.TryOpen(box, vector.Hex("nonce"), vector.Hex("key"), opened));
            Assert.Equal(plaintext, opened);
        }
    }

    [Fact]
    public void SecretBox_AnyBitChanged_DoesNotOpen()
    {
        JsonElement vector = Vectors.Where("kind", "secretbox")[3];
        byte[] box = vector.Hex("hex");
        for (int bit = 0; bit < 8 * box.Length; bit++)
        {
            box[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(SecretBox.TryOpen(
                box, vector.Hex("nonce"), vector.Hex("key"), new byte[box.Length - SecretBox.TagSize]));
            box[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void ChaChaPoly_EveryVector_EncryptsAndDecrypts()
    {
        foreach (JsonElement vector in Vectors.Where("kind", "chacha20poly1305"))
        {
            byte[] plaintext = vector.Hex("plaintext");
            var ciphertext = new byte[plaintext.Length + ChaChaPoly.TagSize];
            ChaChaPoly.Encrypt(plaintext, vector.Hex("ad"), vector.Hex("nonce"), vector.Hex("key"), ciphertext);
            Assert.Equal(vector.Hex("hex"), ciphertext);

            var decrypted = new byte[plaintext.Length];
            Assert.True(ChaChaPoly.TryDecrypt(
                ciphertext, vector.Hex("ad"), vector.Hex("nonce"), vector.Hex("key"), decrypted));
            Assert.Equal(plaintext, decrypted);
        }
    }

    [Fact]
    public void ChaChaPoly_OtherAssociatedData_DoesNotDecrypt()
    {
        JsonElement vector = Vectors.Where("kind", "chacha20poly1305")[^1];
        byte[] ciphertext = vector.Hex("hex");
        Assert.False(ChaChaPoly.TryDecrypt(
            ciphertext, [1], vector.Hex("nonce"), vector.Hex("key"), new byte[ciphertext.Length - ChaChaPoly.TagSize]));
    }

    [Fact]
    public void TooShortToHoldATag_IsNotOpened()
    {
        Assert.False(SecretBox.TryOpen(new byte[15], new byte[24], new byte[32], []));
        Assert.False(ChaChaPoly.TryDecrypt(new byte[15], [], new byte[12], new byte[32], []));
    }

    [Fact]
    public void WrongLengthsOfTheCallers_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => SecretBox.Seal([], new byte[23], new byte[32], new byte[16]));
        Assert.Throws<ArgumentException>(() => SecretBox.Seal([], new byte[24], new byte[31], new byte[16]));
        Assert.Throws<ArgumentException>(() => SecretBox.Seal([1], new byte[24], new byte[32], new byte[16]));
        Assert.Throws<ArgumentException>(() => ChaChaPoly.Encrypt([], [], new byte[11], new byte[32], new byte[16]));
        Assert.Throws<ArgumentException>(() => ChaChaPoly.Encrypt([], [], new byte[12], new byte[33], new byte[16]));
        Assert.Throws<ArgumentException>(() => ChaChaPoly.Encrypt([1], [], new byte[12], new byte[32], new byte[16]));
    }
}

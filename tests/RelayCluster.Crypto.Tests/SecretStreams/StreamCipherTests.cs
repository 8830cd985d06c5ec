using System.Text.Json;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Vectors;

namespace RelayCluster.Crypto.Tests.SecretStreams;

public sealed class StreamCipherTests
{
    private static readonly IReadOnlyList<JsonElement> Vectors =
        VectorFile.Load("secret-stream.json").Where("kind", "secretstream");

    [Fact]
    public void EveryVector_IsEncryptedAndDecryptedThroughTheSameStates()
    {
        Assert.NotEmpty(Vectors);
        foreach (JsonElement vector in Vectors)
        {
            using var encryptor = new SecretStreamEncryptor(vector.Hex("key"), vector.Hex("header"));
            using var decryptor = new SecretStreamDecryptor(vector.Hex("key"), vector.Hex("header"));
            Assert.Equal(vector.Hex("initialState"), encryptor.State.ToArray());
            Assert.Equal(vector.Hex("initialState"), decryptor.State.ToArray());
            foreach (JsonElement message in vector.GetProperty("messages").EnumerateArray())
            {
                AssertMessage(message, encryptor, decryptor);
            }
        }
    }

    [Fact]
    public void TryDecrypt_InPlace_GivesTheSame()
    {
        JsonElement vector = Vectors[0];
        using var decryptor = new SecretStreamDecryptor(vector.Hex("key"), vector.Hex("header"));
        foreach (JsonElement message in vector.GetProperty("messages").EnumerateArray())
        {
            byte[] bytes = message.Hex("hex");
            Span<byte> plaintext = bytes.AsSpan(StreamCipher.TagSize, bytes.Length - StreamCipher.Overhead);
            Assert.True(decryptor.TryDecrypt(bytes, plaintext));
            Assert.Equal(message.Hex("plaintext"), plaintext.ToArray());
        }
    }

    [Fact]
    public void TryDecrypt_AMessageThatDoesNotFit_LeavesTheStateAsItWas()
    {
        JsonElement vector = Vectors[0];
        JsonElement message = vector.GetProperty("messages")[2];
        using var decryptor = new SecretStreamDecryptor(vector.Hex("key"), vector.Hex("header"));
        byte[] ciphertext = message.Hex("hex");

        Assert.False(decryptor.TryDecrypt(ciphertext, new byte[ciphertext.Length - StreamCipher.Overhead]));
        Assert.False(decryptor.TryDecrypt(new byte[StreamCipher.Overhead - 1], []));

        Assert.Equal(vector.Hex("initialState"), decryptor.State.ToArray());
    }

    [Fact]
    public void Dispose_ZeroesTheState()
    {
        var encryptor = new SecretStreamEncryptor(new byte[32], new byte[24]);
        var decryptor = new SecretStreamDecryptor(new byte[32], new byte[24]);
        encryptor.Dispose();
        decryptor.Dispose();
        Assert.True(encryptor.State.IndexOfAnyExcept((byte)0) < 0);
        Assert.True(decryptor.State.IndexOfAnyExcept((byte)0) < 0);
    }

    private static void AssertMessage(
        JsonElement message,
        SecretStreamEncryptor encryptor,
        SecretStreamDecryptor decryptor)
    {
        byte[] plaintext = message.Hex("plaintext");
        byte tag = message.GetProperty("tagByte").GetByte();
        var ciphertext = new byte[plaintext.Length + StreamCipher.Overhead];
        encryptor.Encrypt(plaintext, ciphertext, tag, message.HexOrNull("ad"));
        Assert.Equal(message.Hex("hex"), ciphertext);
        Assert.Equal(message.Hex("stateAfter"), encryptor.State.ToArray());

        var decrypted = new byte[plaintext.Length];
        Assert.True(decryptor.TryDecrypt(ciphertext, decrypted, message.HexOrNull("ad"), out byte readTag));
        Assert.Equal(plaintext, decrypted);
        Assert.Equal(tag, readTag);
        Assert.Equal(message.Hex("stateAfter"), decryptor.State.ToArray());
    }
}

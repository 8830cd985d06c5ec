using System.Text.Json;
using RelayCluster.Vectors;

namespace RelayCluster.Crypto.Tests;

public sealed class Blake2bTests
{
    private static readonly VectorFile Vectors = VectorFile.Load("crypto.json");

    [Fact]
    public void Hash_EveryVector_GivesTheBytes()
    {
        foreach (JsonElement vector in Vectors.Where("kind", "blake2b"))
        {
            var hash = new byte[vector.GetProperty("size").GetInt32()];
            Blake2b.Hash(vector.Hex("data"), hash, vector.HexOrNull("key"));
            Assert.True(vector.Hex("hex").AsSpan().SequenceEqual(hash), vector.Name());
        }
    }

    [Fact]
    public void HashParts_EveryVectorInThreeParts_GivesTheSame()
    {
        foreach (JsonElement vector in Vectors.Where("kind", "blake2b"))
        {
            byte[] data = vector.Hex("data");
            int first = data.Length / 3;
            int second = data.Length / 2;
            var hash = new byte[vector.GetProperty("size").GetInt32()];
            Blake2b.HashParts(
                hash,
                data.AsSpan(0, first),
                data.AsSpan(first, second - first),
                data.AsSpan(second),
                vector.HexOrNull("key"));
            Assert.True(vector.Hex("hex").AsSpan().SequenceEqual(hash), vector.Name());
        }
    }

    [Fact]
    public void HashParts_OutputIsAPart_IsReadBeforeItIsWritten()
    {
        byte[] hash = [.. Enumerable.Repeat((byte)7, 64)];
        var expected = new byte[64];
        Blake2b.Hash([.. hash, 1, 2, 3], expected);

        Blake2b.HashParts(hash, hash, [1, 2, 3]);

        Assert.Equal(expected, hash);
    }

    [Fact]
    public void Namespace_EveryVector_GivesTheBytes()
    {
        foreach (JsonElement vector in Vectors.Where("kind", "namespace"))
        {
            string name = vector.GetProperty("input").GetString()!;
            byte number = vector.GetProperty("number").GetByte();
            Assert.Equal(vector.Hex("hex"), Blake2b.Namespace(name, number).ToArray());
        }
    }

    [Theory]
    [InlineData(15, 0)]
    [InlineData(65, 0)]
    [InlineData(32, 15)]
    [InlineData(32, 65)]
    public void Hash_SizesThatDoNotExist_AreRefused(int size, int keySize)
    {
        Assert.Throws<ArgumentException>(() => Blake2b.Hash([1], new byte[size], new byte[keySize]));
    }
}

using System.Text.Json;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Vectors;

namespace RelayCluster.Crypto.Tests.SecretStreams;

public sealed class StreamIdTests
{
    [Theory]
    [InlineData("secret-stream.json", StreamGeneration.Current)]
    [InlineData("secret-stream-v5.json", StreamGeneration.Version5)]
    public void Of_EveryVector_GivesTheId(string file, StreamGeneration generation)
    {
        IReadOnlyList<JsonElement> vectors = VectorFile.Load(file).Where("kind", "id");
        Assert.NotEmpty(vectors);
        foreach (JsonElement vector in vectors)
        {
            Assert.Equal(
                vector.Hex("hex"),
                StreamId.Of(generation, vector.Hex("handshakeHash"), vector.Is("isInitiator")).ToArray());
        }
    }

    [Fact]
    public void Namespaces_EveryVector_GivesTheBytes()
    {
        foreach (JsonElement vector in VectorFile.Load("secret-stream.json").Where("kind", "namespace"))
        {
            string name = vector.GetProperty("input").GetString()!;
            Assert.Equal(vector.Hex("hex"), Blake2b.Namespace(name, vector.GetProperty("number").GetByte()).ToArray());
        }
    }
}

using System.Text.Json;
using RelayCluster.Protocol.Messages;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Tests.Messages;

public sealed class RelayMessageVectorTests
{
    private static readonly VectorFile File = VectorFile.Load("relay-messages.json");

    public static TheoryData<string> Names(string kind) =>
        [.. File.All().Where(v => Kind(v) == kind).Select(static v => v.Name())];

    [Fact]
    public void Types_AreNumberedAsInTheReference()
    {
        string[] names = [.. File.Root.GetProperty("types").EnumerateArray().Select(static e => e.GetString()!)];
        Assert.Equal(names, Enum.GetNames<RelayMessageType>().Select(JsonNamingPolicy.CamelCase.ConvertName));
        Assert.Equal(RelayMessageCodec.Count, names.Length);
        Assert.True(File.Root.Is("identicalInAll"));
    }

    [Theory]
    [MemberData(nameof(Names), "both")]
    public void Message_WritesAndReadsTheBytesOfTheReference(string name)
    {
        JsonElement vector = Vector(name);
        string kind = vector.GetProperty("message").GetString()!;
        JsonElement fields = vector.GetProperty("fields");
        using RelayMessage message = VectorMessage.Create(kind, fields);
        Assert.Equal(vector.GetProperty("type").GetInt32(), (int)message.Type);
        Assert.Equal(vector.GetProperty("hex").GetString(), Convert.ToHexStringLower(Encode(message)));

        using RelayMessage expected = VectorMessage.Create(
            kind, vector.TryGetProperty("decoded", out JsonElement decoded) ? decoded : fields);
        using RelayMessage read = RelayMessageCodec.Read(message.Type, PooledBuffer.CopyOf(vector.Hex("hex")));
        Assert.Equal(MessageText.Of(expected), MessageText.Of(read));
    }

    [Theory]
    [MemberData(nameof(Names), "both")]
    public void Message_CutShort_IsRefused(string name)
    {
        JsonElement vector = Vector(name);
        var type = (RelayMessageType)vector.GetProperty("type").GetInt32();
        byte[] body = vector.Hex("hex");
        for (int length = 0; length < body.Length; length++)
        {
            byte[] cut = body[..length];
            Assert.Throws<ProtocolException>(() => RelayMessageCodec.Read(type, cut.AsSpan()));
        }
    }

    [Theory]
    [MemberData(nameof(Names), "decode")]
    public void Bytes_ReadAsTheReferenceReadsThem(string name)
    {
        JsonElement vector = Vector(name);
        string kind = vector.GetProperty("message").GetString()!;
        using RelayMessage expected = VectorMessage.Create(kind, vector.GetProperty("decoded"));
        using RelayMessage read = RelayMessageCodec.Read(expected.Type, PooledBuffer.CopyOf(vector.Hex("hex")));
        Assert.Equal(MessageText.Of(expected), MessageText.Of(read));
    }

    [Theory]
    [MemberData(nameof(Names), "decodeError")]
    public void Bytes_ThatTheReferenceRefuses_AreRefused(string name)
    {
        JsonElement vector = Vector(name);
        var type = (RelayMessageType)vector.GetProperty("type").GetInt32();
        Assert.Throws<ProtocolException>(() => RelayMessageCodec.Read(type, PooledBuffer.CopyOf(vector.Hex("hex"))));
    }

    [Theory]
    [MemberData(nameof(Names), "codec")]
    public void InnerCodec_WritesAndReadsTheBytesOfTheReference(string name)
    {
        JsonElement vector = Vector(name);
        string codec = vector.GetProperty("codec").GetString()!;
        JsonElement fields = vector.GetProperty("fields");
        byte[] bytes = vector.Hex("hex");
        Assert.Equal(Convert.ToHexStringLower(bytes), Convert.ToHexStringLower(InnerCodec.Encode(codec, fields)));
        JsonElement expected = vector.TryGetProperty("decoded", out JsonElement decoded) ? decoded : fields;
        Assert.Equal(InnerCodec.Text(codec, expected), InnerCodec.Decode(codec, bytes));
    }

    [Fact]
    public void EveryVector_IsOfAKindThatIsTested() => Assert.Equal(
        File.All().Count,
        new[] { "both", "decode", "decodeError", "codec" }.Sum(static kind => File.All().Count(v => Kind(v) == kind)));

    private static byte[] Encode(RelayMessage message)
    {
        var body = new byte[RelayMessageCodec.GetEncodedSize(message)];
        RelayMessageCodec.Write(message, body);
        return body;
    }

    private static string Kind(JsonElement vector) => vector switch
    {
        _ when vector.TryGetProperty("codec", out _) => "codec",
        _ when !vector.Is("decodeOnly") => "both",
        _ when vector.TryGetProperty("error", out _) => "decodeError",
        _ => "decode",
    };

    private static JsonElement Vector(string name) => File.All().Single(v => v.Name() == name);
}

using System.Globalization;
using System.Text.Json;
using RelayCluster.Vectors;

namespace RelayCluster.Wire.Tests;

public sealed class CompactEncodingVectorTests
{
    private static readonly VectorFile File = VectorFile.Load("compact-encoding.json");

    public static TheoryData<string> Names(string kind) =>
        [.. File.All().Where(v => Kind(v) == kind).Select(static v => v.Name())];

    [Theory]
    [MemberData(nameof(Names), "both")]
    public void Value_WritesAndReadsTheBytesOfTheReference(string name)
    {
        JsonElement vector = Vector(name);
        CodecUnderTest codec = Codec(vector);
        JsonElement value = vector.GetProperty("value");

        Assert.Equal(vector.GetProperty("hex").GetString(), Convert.ToHexStringLower(codec.Encode(value)));
        JsonElement expected = vector.TryGetProperty("decoded", out JsonElement decoded) ? decoded : value;
        Assert.Equal(Normalize(vector, expected), codec.Decode(vector.Hex("hex")));
    }

    [Theory]
    [MemberData(nameof(Names), "both")]
    public void Value_CutShort_IsRefusedOrReadsAsSomethingElse(string name)
    {
        JsonElement vector = Vector(name);
        byte[] bytes = vector.Hex("hex");

        for (int length = 0; length < bytes.Length; length++)
        {
            try
            {
                Codec(vector).Decode(bytes[..length]);
                Assert.Contains("raw", vector.GetProperty("codec").GetString(), StringComparison.Ordinal);
            }
            catch (ProtocolException)
            {
                // what a cut value is for
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names), "decode")]
    public void Bytes_ReadAsTheReferenceReadsThem(string name)
    {
        JsonElement vector = Vector(name);
        Assert.Equal(Normalize(vector, vector.GetProperty("decoded")), Codec(vector).Decode(vector.Hex("hex")));
    }

    [Theory]
    [MemberData(nameof(Names), "decodeError")]
    public void Bytes_ThatTheReferenceRefuses_AreRefused(string name)
    {
        JsonElement vector = Vector(name);
        Assert.Throws<ProtocolException>(() => Codec(vector).Decode(vector.Hex("hex")));
    }

    [Theory]
    [MemberData(nameof(Names), "encodeError")]
    public void Value_ThatTheReferenceRefuses_CannotBeWritten(string name)
    {
        JsonElement vector = Vector(name);
        Exception refused = Assert.ThrowsAny<Exception>(() => Codec(vector).Encode(vector.GetProperty("value")));

        // a negative number does not fit the parameter's type, and a span cannot be null
        Assert.True(refused is ArgumentException or FormatException or ArgumentNullException);
    }

    [Theory]
    [MemberData(nameof(Names), "repeat")]
    public void LongValue_WritesAndReadsTheBytesOfTheReference(string name)
    {
        JsonElement vector = Vector(name);
        JsonElement repeat = vector.GetProperty("repeat");
        byte unit = byte.Parse(
            repeat.GetProperty("byte").GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var content = new byte[repeat.GetProperty("count").GetInt32()];
        Array.Fill(content, unit);
        var bytes = new byte[CompactSize.Buffer(content)];

        var writer = new CompactWriter(bytes);
        if (vector.GetProperty("codec").ValueEquals("string"))
        {
            writer.WriteString(new string((char)unit, content.Length));
        }
        else
        {
            writer.WriteBuffer(content);
        }

        Assert.Equal(vector.GetProperty("hexLength").GetInt32() / 2, writer.Position);
        Assert.Equal([.. vector.Hex("prefixHex"), .. content], bytes);
        Assert.True(new CompactReader(bytes).ReadBuffer().SequenceEqual(content));
    }

    [Fact]
    public void EveryVector_IsOfAKindThatIsTested()
    {
        Assert.All(File.All(), static v => Assert.NotEqual("unknown", Kind(v)));
    }

    private static string Kind(JsonElement vector) =>
        (vector.Is("decodeOnly"), vector.Is("encodeOnly"), vector.TryGetProperty("error", out _)) switch
        {
            (true, false, false) => "decode",
            (true, false, true) => "decodeError",
            (false, true, true) => "encodeError",
            (false, false, false) when vector.TryGetProperty("repeat", out _) => "repeat",
            (false, false, false) => "both",
            _ => "unknown",
        };

    private static JsonElement Vector(string name) => File.All().Single(v => v.Name() == name);

    private static CodecUnderTest Codec(JsonElement vector) =>
        CodecUnderTest.Named(vector.GetProperty("codec").GetString()!);

    private static string Normalize(JsonElement vector, JsonElement value) =>
        CodecUnderTest.Normalize(vector.GetProperty("codec").GetString()!, value);
}

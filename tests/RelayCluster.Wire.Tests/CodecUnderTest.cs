using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.Json;
using RelayCluster.Vectors;
using RelayCluster.Wire.Values;

namespace RelayCluster.Wire.Tests;

/// <summary>One codec of the vectors: how its values are spelled in JSON, written, read and compared.</summary>
internal sealed record CodecUnderTest(Func<JsonElement, byte[]> Encode, Func<byte[], string> Decode)
{
    private delegate void Write(ref CompactWriter writer, JsonElement value);

    private delegate string Read(ref CompactReader reader);

    /// <summary>By the name that the vectors use.</summary>
    public static CodecUnderTest Named(string codec) => codec switch
    {
        "uint" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt(v.GetUInt64()),
            static v => CompactSize.UInt(v.GetUInt64()),
            static (ref CompactReader r) => Text(r.ReadUInt())),
        "uint8" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt8(v.GetByte()),
            static _ => 1,
            static (ref CompactReader r) => Text(r.ReadUInt8())),
        "uint16" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt16(v.GetUInt16()),
            static _ => 2,
            static (ref CompactReader r) => Text(r.ReadUInt16())),
        "uint24" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt24(v.GetUInt32()),
            static _ => 3,
            static (ref CompactReader r) => Text(r.ReadUInt24())),
        "uint32" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt32(v.GetUInt32()),
            static _ => 4,
            static (ref CompactReader r) => Text(r.ReadUInt32())),
        "uint40" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt40(v.GetUInt64()),
            static _ => 5,
            static (ref CompactReader r) => Text(r.ReadUInt40())),
        "uint48" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt48(v.GetUInt64()),
            static _ => 6,
            static (ref CompactReader r) => Text(r.ReadUInt48())),
        "uint56" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt56(v.GetUInt64()),
            static _ => 7,
            static (ref CompactReader r) => Text(r.ReadUInt56())),
        "uint64" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt64(v.GetUInt64()),
            static _ => 8,
            static (ref CompactReader r) => Text(r.ReadUInt64())),
        "uint32be" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt32BigEndian(v.GetUInt32()),
            static _ => 4,
            static (ref CompactReader r) => Text(r.ReadUInt32BigEndian())),
        "uint64be" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt64BigEndian(v.GetUInt64()),
            static _ => 8,
            static (ref CompactReader r) => Text(r.ReadUInt64BigEndian())),
        "int" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteInt(v.GetInt64()),
            static v => CompactSize.Int(v.GetInt64()),
            static (ref CompactReader r) => Text(r.ReadInt())),
        "int8" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteInt8(v.GetSByte()),
            static _ => 1,
            static (ref CompactReader r) => Text(r.ReadInt8())),
        "int16" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteInt16(v.GetInt16()),
            static _ => 2,
            static (ref CompactReader r) => Text(r.ReadInt16())),
        "int24" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteInt24(v.GetInt32()),
            static _ => 3,
            static (ref CompactReader r) => Text(r.ReadInt24())),
        "int32" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteInt32(v.GetInt32()),
            static _ => 4,
            static (ref CompactReader r) => Text(r.ReadInt32())),
        "int40" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteInt40(v.GetInt64()),
            static _ => 5,
            static (ref CompactReader r) => Text(r.ReadInt40())),
        "int48" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteInt48(v.GetInt64()),
            static _ => 6,
            static (ref CompactReader r) => Text(r.ReadInt48())),
        "int56" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteInt56(v.GetInt64()),
            static _ => 7,
            static (ref CompactReader r) => Text(r.ReadInt56())),
        "int64" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteInt64(v.GetInt64()),
            static _ => 8,
            static (ref CompactReader r) => Text(r.ReadInt64())),
        "biguint64" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt64((ulong)Big(v)),
            static _ => 8,
            static (ref CompactReader r) => Text(r.ReadUInt64())),
        "bigint64" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteInt64((long)Big(v)),
            static _ => 8,
            static (ref CompactReader r) => Text(r.ReadInt64())),
        "biguint" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteBigUInt(Big(v)),
            static v => BigIntegerCodec.GetBigUIntSize(Big(v)),
            static (ref CompactReader r) => Text(r.ReadBigUInt())),
        "float32" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteFloat32((float)Number(v)),
            static _ => 4,
            static (ref CompactReader r) => Text(r.ReadFloat32())),
        "float64" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteFloat64(Number(v)),
            static _ => 8,
            static (ref CompactReader r) => Text(r.ReadFloat64())),
        "bool" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteBool(v.GetBoolean()),
            static _ => CompactSize.Bool,
            static (ref CompactReader r) => r.ReadBool() ? "true" : "false"),
        "string" or "utf8" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteString(v.GetString()!),
            static v => CompactSize.String(v.GetString()!),
            static (ref CompactReader r) => r.ReadString()),
        "buffer" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteBuffer(v.Hex()),
            static v => CompactSize.Buffer(v.Hex()),
            static (ref CompactReader r) => Hex(r.ReadBuffer())),
        "optionalBuffer" or "buffer-v2" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteBuffer(HexOrNull(v)),
            static v => CompactSize.Buffer(HexOrNull(v)),
            static (ref CompactReader r) => r.ReadOptionalBuffer() is { } bytes ? Hex(bytes) : string.Empty),
        "raw" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteRaw(v.Hex()),
            static v => v.Hex().Length,
            static (ref CompactReader r) => Hex(r.ReadRaw())),
        "fixed32" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteFixed32(new Fixed32(v.Hex())),
            static _ => 32,
            static (ref CompactReader r) => r.ReadFixed32().ToString()),
        "fixed64" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteFixed64(v.Hex()),
            static _ => 64,
            static (ref CompactReader r) => Hex(r.ReadFixed64())),
        "array(uint)" => Array(
            static (ref CompactWriter w, JsonElement v) => w.WriteUInt(v.GetUInt64()),
            static v => CompactSize.UInt(v.GetUInt64()),
            static (ref CompactReader r) => Text(r.ReadUInt())),
        "array(buffer)" => Array(
            static (ref CompactWriter w, JsonElement v) => w.WriteBuffer(v.Hex()),
            static v => CompactSize.Buffer(v.Hex()),
            static (ref CompactReader r) => Hex(r.ReadBuffer())),
        "array(string)" => Array(
            static (ref CompactWriter w, JsonElement v) => w.WriteString(v.GetString()!),
            static v => CompactSize.String(v.GetString()!),
            static (ref CompactReader r) => r.ReadString()),
        "array(fixed32)" => Array(
            static (ref CompactWriter w, JsonElement v) => w.WriteFixed32(new Fixed32(v.Hex())),
            static _ => 32,
            static (ref CompactReader r) => r.ReadFixed32().ToString()),
        "frame(string)" => Of(
            static (ref CompactWriter w, JsonElement v) =>
            {
                w.WriteUInt((ulong)CompactSize.String(v.GetString()!));
                w.WriteString(v.GetString()!);
            },
            static v => CompactSize.Buffer(CompactSize.String(v.GetString()!)),
            static (ref CompactReader r) => r.ReadFrame().ReadString()),
        "frame(raw)" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteBuffer(v.Hex()),
            static v => CompactSize.Buffer(v.Hex()),
            static (ref CompactReader r) => Hex(r.ReadFrame().ReadRaw())),
        "date" => Of(
            static (ref CompactWriter w, JsonElement v) =>
                w.WriteDate(DateTimeOffset.FromUnixTimeMilliseconds(v.GetInt64())),
            static v => CompactSize.Date(DateTimeOffset.FromUnixTimeMilliseconds(v.GetInt64())),
            static (ref CompactReader r) => Text(r.ReadDate().ToUnixTimeMilliseconds())),
        "none" => Of(
            static (ref CompactWriter _, JsonElement _) => { },
            static _ => 0,
            static (ref CompactReader _) => string.Empty),
        "stringRecord" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteStringRecord(Record(v)),
            static v => StringRecordCodec.GetStringRecordSize(Record(v)),
            static (ref CompactReader r) => JsonSerializer.Serialize(r.ReadStringRecord())),
        "lexint" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteLexInt(v.GetUInt32()),
            static v => LexIntCodec.GetLexIntSize(v.GetUInt32()),
            static (ref CompactReader r) => Text(r.ReadLexInt())),
        "ipv4Address" or "ipv4Address (compact-encoding-net)" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteIPv4EndPoint(EndPoint(v)),
            static _ => CompactSize.IPv4EndPoint,
            static (ref CompactReader r) => r.ReadIPv4EndPoint().ToString()),
        "ipv6Address" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteIPv6EndPoint(EndPoint(v)),
            static _ => CompactSize.IPv6EndPoint,
            static (ref CompactReader r) => r.ReadIPv6EndPoint().ToString()),
        "ipAddress" => Of(
            static (ref CompactWriter w, JsonElement v) => w.WriteIPEndPoint(EndPoint(v)),
            static v => CompactSize.IPEndPoint(EndPoint(v)),
            static (ref CompactReader r) => r.ReadIPEndPoint().ToString()),
        _ => throw new ArgumentException($"no codec {codec}", nameof(codec)),
    };

    /// <summary>A value of a vector in the form that <see cref="Decode"/> gives.</summary>
    public static string Normalize(string codec, JsonElement value) => codec switch
    {
        "ipv4Address" or "ipv4Address (compact-encoding-net)" or "ipv6Address" or "ipAddress" =>
            EndPoint(value).ToString(),
        "float32" or "float64" => Text(Number(value)),
        _ => value.ValueKind switch
        {
            JsonValueKind.Null => string.Empty,
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(v => Normalize(codec, v))),
            JsonValueKind.Object => JsonSerializer.Serialize(Record(value)),
            _ => value.GetRawText(),
        },
    };

    private static CodecUnderTest Of(Write write, Func<JsonElement, int> getSize, Read read) => new(
        value =>
        {
            var bytes = new byte[getSize(value)];
            var writer = new CompactWriter(bytes);
            write(ref writer, value);
            Assert.Equal(0, writer.Remaining);
            return bytes;
        },
        bytes =>
        {
            var reader = new CompactReader(bytes);
            string value = read(ref reader);
            Assert.True(reader.IsAtEnd);
            return value;
        });

    private static CodecUnderTest Array(Write write, Func<JsonElement, int> getSize, Read read) => Of(
        (ref CompactWriter w, JsonElement v) =>
            w.WriteArray([.. v.EnumerateArray()], (ref CompactWriter entry, JsonElement e) => write(ref entry, e)),
        v => ArrayCodec.GetArraySize([.. v.EnumerateArray()], getSize),
        (ref CompactReader r) => string.Join(',', r.ReadArray((ref CompactReader entry) => read(ref entry))));

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static byte[]? HexOrNull(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.Hex();

    private static BigInteger Big(JsonElement value) =>
        BigInteger.Parse(value.GetString()!, CultureInfo.InvariantCulture);

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? value.GetDouble()
        : double.Parse(value.GetString()!, CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Record(JsonElement value) =>
        value.EnumerateObject().ToDictionary(static p => p.Name, static p => p.Value.GetString()!);

    private static IPEndPoint EndPoint(JsonElement value) => value.TryGetProperty("host", out JsonElement host)
        ? new IPEndPoint(IPAddress.Parse(host.GetString()!), value.GetProperty("port").GetInt32())
        : new IPEndPoint(IPAddress.Loopback, 0);
}

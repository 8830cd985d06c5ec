using System.Text.Json;
using System.Text.Json.Serialization;
using RelayCluster.Wire;

namespace RelayCluster.Host.Reports;

/// <summary>Keys and topics as 64 hexadecimal digits.</summary>
internal sealed class Fixed32Converter : JsonConverter<Fixed32>
{
    public override Fixed32 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Fixed32.Parse(reader.GetString() ?? string.Empty);

    public override void Write(Utf8JsonWriter writer, Fixed32 value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

using System.Text.Json;
using System.Text.Json.Serialization;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Administration;

/// <summary>Public keys and topics as hexadecimal digits.</summary>
public sealed class KeyConverter : JsonConverter<Fixed32>
{
    /// <inheritdoc/>
    public override Fixed32 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.GetString() ?? string.Empty;
        return Fixed32.TryParse(text, out Fixed32 key)
            ? key
            : throw new JsonException($"'{text}' is no key of {2 * Fixed32.Size} hexadecimal digits");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Fixed32 value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.ToString());
    }
}

using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RelayCluster.Host.Reports;

/// <summary>Addresses as <c>host:port</c>.</summary>
internal sealed class EndPointConverter : JsonConverter<IPEndPoint>
{
    public override IPEndPoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IPEndPoint.Parse(reader.GetString() ?? string.Empty);

    public override void Write(Utf8JsonWriter writer, IPEndPoint value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

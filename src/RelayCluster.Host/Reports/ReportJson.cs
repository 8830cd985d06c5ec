using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RelayCluster.Cluster.Administration;

namespace RelayCluster.Host.Reports;

/// <summary>Reports as JSON, each on a line.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for terminals and pipes: there is no page to protect
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters =
        {
            new KeyConverter(),
            new EndPointConverter(),
            new SecondsConverter(),
            new JsonStringEnumConverter(JsonNamingPolicy.CamelCase),
        },
    };

    public static string Write(Report report) => JsonSerializer.Serialize(report, Options);
}

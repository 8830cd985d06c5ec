using System.Text.Json.Serialization;

namespace RelayCluster.Cluster.Administration;

/// <summary>How questions and orders are written between nodes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(SessionQuestion))]
[JsonSerializable(typeof(KickOrder))]
[JsonSerializable(typeof(KickReply))]
[JsonSerializable(typeof(DrainOrder))]
internal sealed partial class OrderJson : JsonSerializerContext;

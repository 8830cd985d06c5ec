using System.Text.Json.Serialization;

namespace RelayCluster.Cluster.Placement;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(SessionClient))]
[JsonSerializable(typeof(PlacementRequest))]
[JsonSerializable(typeof(PlacementReply))]
internal sealed partial class PlacementJson : JsonSerializerContext;

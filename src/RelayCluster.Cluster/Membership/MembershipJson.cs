using System.Text.Json.Serialization;

namespace RelayCluster.Cluster.Membership;

/// <summary>How statuses are written between nodes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeStatus))]
internal sealed partial class MembershipJson : JsonSerializerContext;

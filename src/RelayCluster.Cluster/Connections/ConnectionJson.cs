using System.Text.Json.Serialization;

namespace RelayCluster.Cluster.Connections;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TicketRequest))]
[JsonSerializable(typeof(ConnectionGrant))]
internal sealed partial class ConnectionJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using RelayCluster.Cluster.Administration;

namespace RelayCluster.Host.Administration;

/// <summary>The bodies of the admin endpoint that are its own; the others are <see cref="AdministrationJson"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(AdminFault))]
[JsonSerializable(typeof(KickWish))]
[JsonSerializable(typeof(DrainWish))]
internal sealed partial class AdminJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using RelayCluster.Cluster.Membership;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Relay;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Lookups;

namespace RelayCluster.Cluster.Administration;

/// <summary>How the answers to operators are written, between nodes and at the admin endpoint.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters =
    [
        typeof(SecondsConverter),
        typeof(KeyConverter),
        typeof(CamelCaseConverter<MemberState>),
        typeof(CamelCaseConverter<ClientTransport>),
        typeof(CamelCaseConverter<RelayDialect>),
        typeof(CamelCaseConverter<StreamDirection>),
        typeof(CamelCaseConverter<TopicLookupState>),
    ])]
[JsonSerializable(typeof(IReadOnlyList<MemberSummary>))]
[JsonSerializable(typeof(IReadOnlyList<SessionSummary>))]
[JsonSerializable(typeof(FleetLine<SessionSummary>))]
[JsonSerializable(typeof(SessionTree))]
[JsonSerializable(typeof(IReadOnlyList<ShardSummary>))]
[JsonSerializable(typeof(FleetLine<ShardSummary>))]
[JsonSerializable(typeof(IReadOnlyList<TopicLookup>))]
[JsonSerializable(typeof(FleetLine<TopicLookup>))]
[JsonSerializable(typeof(NodeReply))]
public sealed partial class AdministrationJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace RelayCluster.Host.Reports;

/// <summary>
/// Something that a command tells: as lines for people, or with <c>--json</c> as a line of JSON, an object whose
/// <c>event</c> names the kind. Keys, addresses and topics are strings there, as on the command line.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(BootstrapReport), "bootstrap")]
[JsonDerivedType(typeof(TestnetReport), "testnet")]
[JsonDerivedType(typeof(KeyReport), "key")]
[JsonDerivedType(typeof(PeerReport), "peer")]
[JsonDerivedType(typeof(FoundReport), "finished")]
[JsonDerivedType(typeof(AnnouncedReport), "announced")]
[JsonDerivedType(typeof(UnannouncedReport), "unannounced")]
[JsonDerivedType(typeof(ListeningReport), "listening")]
[JsonDerivedType(typeof(TunnelReport), "tunnel")]
[JsonDerivedType(typeof(ConnectedReport), "connected")]
[JsonDerivedType(typeof(ClosedReport), "closed")]
[JsonDerivedType(typeof(RelayReport), "relay")]
[JsonDerivedType(typeof(MemberReport), "member")]
[JsonDerivedType(typeof(SessionReport), "session")]
[JsonDerivedType(typeof(SessionTreeReport), "tree")]
[JsonDerivedType(typeof(ShardReport), "shard")]
[JsonDerivedType(typeof(LookupReport), "lookup")]
[JsonDerivedType(typeof(NodeStateReport), "node")]
[JsonDerivedType(typeof(KickedReport), "kicked")]
[JsonDerivedType(typeof(MissingReport), "missing")]
[JsonDerivedType(typeof(FleetReport), "fleet")]
[JsonDerivedType(typeof(FaultReport), "error")]
internal abstract record Report
{
    /// <summary>What was asked for: lines for standard output; null if this is not it.</summary>
    public virtual string? FormatResult() => null;

    /// <summary>What is worth saying besides: a line for standard error; null for nothing.</summary>
    public virtual string? FormatRemark() => null;
}

using RelayCluster.Relay.Lookups;

namespace RelayCluster.Host.Reports;

/// <summary>A topic that is being looked up, or kept.</summary>
/// <param name="Lookup">What is done about it.</param>
/// <param name="Node">Where.</param>
internal sealed record LookupReport(TopicLookup Lookup, string Node) : Report
{
    public static readonly TableLayout<LookupReport> Layout = new(
        new("TOPIC", row => row.Lookup.Topic.ToString()),
        new("NODE", row => row.Node),
        new("STATE", row => row.Lookup.State.ToString().ToLowerInvariant()),
        new("ASKERS", row => row.Lookup.Askers),
        new("REPLIES", row => row.Lookup.Replies),
        new("AGE", row => Age.Format(row.Lookup.Age), IsNumber: true));
}

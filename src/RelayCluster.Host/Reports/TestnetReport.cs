namespace RelayCluster.Host.Reports;

/// <summary>A private DHT is up.</summary>
/// <param name="Nodes">How many nodes it has.</param>
/// <param name="Bootstrap">What others take as <c>--bootstrap</c>.</param>
internal sealed record TestnetReport(int Nodes, IReadOnlyList<string> Bootstrap) : Report
{
    public override string FormatResult() => string.Join(Environment.NewLine, Bootstrap);

    public override string FormatRemark() => $"a private DHT of {Nodes} nodes is up; Ctrl+C ends it";
}

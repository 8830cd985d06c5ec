using RelayCluster.Cluster.Membership;

namespace RelayCluster.Host.Reports;

/// <summary>How a node stands after an order.</summary>
/// <param name="Node">Its name.</param>
/// <param name="State">Its state.</param>
/// <param name="Sessions">How many sessions it has.</param>
/// <param name="Timeout">When draining: how long they may live.</param>
internal sealed record NodeStateReport(string Node, MemberState State, int Sessions, TimeSpan? Timeout) : Report
{
    public override string FormatRemark() => Timeout is { } timeout
        ? $"{Node} is draining: {Sessions} sessions may live for {Age.Format(timeout)}"
        : $"{Node} is {State.ToString().ToLowerInvariant()}, and has {Sessions} sessions";
}

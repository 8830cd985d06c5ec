namespace RelayCluster.Cluster.Fabric;

/// <summary>The lines for the ways in which an ask fails.</summary>
internal static class FabricFailure
{
    public static FabricException Unreachable(Exception? innerException = null) =>
        new(FabricError.Unreachable, "the engine of the fleet cannot be had", innerException);

    public static FabricException NoSuchNode(FabricAddress address) => new(
        FabricError.NoSuchNode,
        address.Node is { } node ? $"there is no node {node} in the fleet" : $"nobody owns keys of {address.Region}");

    public static FabricException NameTaken(string name) => new(
        FabricError.NameTaken,
        $"the name {name} is taken by another node of the fleet: each needs a cluster.node-name of its own");

    /// <param name="error">How it failed.</param>
    /// <param name="node">The node that was to answer, if known.</param>
    /// <param name="subject">What it was asked.</param>
    public static FabricException Of(FabricError error, string? node, string subject)
    {
        string who = node is null ? "the node" : $"node {node}";
        return error switch
        {
            FabricError.Unreachable => Unreachable(),
            FabricError.NodeGone => new(error, $"{who} went away before it had answered {subject}"),
            FabricError.TimedOut => new(error, $"nothing was heard of {who}, which was asked {subject}"),
            FabricError.Refused => new(error, $"{who} does not answer {subject}"),
            _ => new(error, $"{who} failed at {subject}"),
        };
    }
}

namespace RelayCluster.Cluster.Administration;

/// <summary>A part of an answer of the whole fleet: something that a node has, or a node that could not be asked.</summary>
/// <typeparam name="T">What nodes have.</typeparam>
/// <param name="Node">The node.</param>
/// <param name="Item">What it has.</param>
/// <param name="Failure">Why nothing is known of it.</param>
public sealed record FleetLine<T>(string Node, T? Item, string? Failure)
    where T : class;

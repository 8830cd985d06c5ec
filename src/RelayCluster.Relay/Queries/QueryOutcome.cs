namespace RelayCluster.Relay.Queries;

/// <summary>How a query ended.</summary>
/// <param name="Results">How many nodes answered something.</param>
/// <param name="Failure">What it failed at, if it did.</param>
internal readonly record struct QueryOutcome(int Results, Exception? Failure);

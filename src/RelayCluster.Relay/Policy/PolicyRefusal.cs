namespace RelayCluster.Relay.Policy;

/// <summary>A no, and why.</summary>
/// <param name="Reason">The reason as refusals are counted by it: a word such as <c>address_streams</c>, of which there
/// are few.</param>
/// <param name="Text">The reason as the client is told it, where the protocol has a place for that: a line for a
/// person.</param>
public sealed record PolicyRefusal(string Reason, string Text);

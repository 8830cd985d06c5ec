using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>One topic that is being looked up or kept on a node, as an operator sees it.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="State">What is done about it.</param>
/// <param name="Askers">How many ask now: sessions of this node, or nodes for which it is run here.</param>
/// <param name="Replies">How many nodes of the DHT have answered.</param>
/// <param name="Age">How long ago it was begun, or since when it is kept.</param>
public sealed record TopicLookup(Fixed32 Topic, TopicLookupState State, int Askers, int Replies, TimeSpan Age);

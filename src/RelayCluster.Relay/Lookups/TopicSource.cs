using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>Where the answer about a topic comes from in the end: the DHT, or the topic's owner in a fleet.</summary>
/// <param name="topic">The topic.</param>
/// <param name="cancellationToken">Nobody wants the answer any more.</param>
public delegate IAsyncEnumerable<LookupReply> TopicSource(Fixed32 topic, CancellationToken cancellationToken);

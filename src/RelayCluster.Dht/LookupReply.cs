using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Dht;

/// <summary>What one node answered to a lookup.</summary>
/// <param name="Token">What the node wants to see in an announce; null if it gave none.</param>
/// <param name="From">The node that answered.</param>
/// <param name="To">How that node saw this one.</param>
/// <param name="Peers">Who announced the topic there.</param>
public sealed record LookupReply(Fixed32? Token, DhtNodeAddress From, DhtNodeAddress To, IReadOnlyList<DhtPeer> Peers);

/// <summary>A DHT node: its id, where it gave one, and its address.</summary>
public sealed record DhtNodeAddress(Fixed32? Id, IPEndPoint EndPoint);

/// <summary>Who announced a topic: its public key, and the nodes that relay handshakes to it (at most three).</summary>
public sealed record DhtPeer(Fixed32 PublicKey, IReadOnlyList<IPEndPoint> RelayAddresses);

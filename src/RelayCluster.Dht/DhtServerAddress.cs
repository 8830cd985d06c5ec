using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Dht;

/// <summary>Where a server is.</summary>
/// <param name="PublicKey">What clients connect to.</param>
/// <param name="EndPoint">
/// The node's address as others see it: null as long as they do not agree on one, with port 0 if they only disagree on
/// that. It need not be reachable for strangers.
/// </param>
public sealed record DhtServerAddress(Fixed32 PublicKey, IPEndPoint? EndPoint);

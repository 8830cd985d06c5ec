using Microsoft.Extensions.Logging;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Rpc;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>What a <see cref="DhtServer"/> needs of its node.</summary>
/// <param name="Streams">Streams, addresses, time: what both sides of a connection need.</param>
/// <param name="Rpc">The node.</param>
/// <param name="Handler">Where servers register for clients' handshakes.</param>
/// <param name="Logger">The servers' log.</param>
internal sealed record ServerContext(DialContext Streams, RpcNode Rpc, HyperRequestHandler Handler, ILogger Logger);

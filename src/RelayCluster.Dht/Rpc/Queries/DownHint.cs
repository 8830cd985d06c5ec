using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Rpc.Queries;

/// <summary>A node named another which does not answer.</summary>
/// <param name="Referrer">Whom to tell.</param>
/// <param name="Down">Who does not answer.</param>
internal readonly record struct DownHint(UdpEndPoint Referrer, UdpEndPoint Down);

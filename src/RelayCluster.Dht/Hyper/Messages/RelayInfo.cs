using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>A node at which a server announced itself: its address, and the server's as that node saw it.</summary>
internal readonly record struct RelayInfo(UdpEndPoint RelayAddress, UdpEndPoint PeerAddress);

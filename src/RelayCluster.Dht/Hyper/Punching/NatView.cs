using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Punching;

/// <summary>What a side knows of the NAT before it.</summary>
/// <param name="Firewall">One of <see cref="Hyper.Firewall"/>.</param>
/// <param name="Address">How others see it; null if they do not agree.</param>
internal readonly record struct NatView(uint Firewall, UdpEndPoint? Address);

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>The UDX stream that a side made for the connection.</summary>
/// <param name="Id">What packets to it carry.</param>
/// <param name="Sequence">The number of its first packet. The reference always has 0.</param>
/// <param name="IsSocketReusable">Whether the side lets later connections use the same socket.</param>
/// <param name="Version">1.</param>
internal sealed record UdxInfo(ulong Id, ulong Sequence, bool IsSocketReusable, ulong Version = 1);

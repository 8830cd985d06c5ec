using System.Net;

namespace RelayCluster.Relay;

/// <summary>Where a client comes from, as far as that is known: the address behind trusted proxies and other nodes of
/// the fleet, not theirs.</summary>
/// <param name="EndPoint">Its address and port; null if it has none or none is known. What is limited by address is
/// not limited then.</param>
/// <param name="Transport">What carries its session.</param>
public sealed record ClientOrigin(IPEndPoint? EndPoint, ClientTransport Transport)
{
    /// <summary>A client of which nothing is known.</summary>
    public static ClientOrigin Unknown { get; } = new(null, ClientTransport.Other);

    /// <summary>The client's address, an IPv4 one always in its own form; null if none is known.</summary>
    public IPAddress? Address { get; } =
        EndPoint?.Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : EndPoint?.Address;

    /// <summary>The end point for logs: <c>203.0.113.7:51234</c>.</summary>
    public override string ToString() =>
        Address is null ? "unknown" : new IPEndPoint(Address, EndPoint!.Port).ToString();
}

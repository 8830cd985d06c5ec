using System.Net;

namespace RelayCluster.Dht.Rpc;

/// <summary>
/// A node to ask first. Where both an address and a name are known, the name is looked up only after nobody answered at
/// the address.
/// </summary>
/// <param name="Address">An IPv4 address to use as it is; null if only the name is known.</param>
/// <param name="HostName">A name to look up; null if there is none.</param>
/// <param name="Port">The UDP port, 1 to 65535.</param>
internal sealed record BootstrapAddress(IPAddress? Address, string? HostName, int Port)
{
    /// <summary>The node at an address.</summary>
    public static BootstrapAddress At(IPEndPoint endPoint) => new(endPoint.Address, null, endPoint.Port);

    /// <inheritdoc/>
    public override string ToString() => $"{Address?.ToString() ?? HostName}:{Port}";
}

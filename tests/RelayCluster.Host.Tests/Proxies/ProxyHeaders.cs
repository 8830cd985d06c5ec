using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RelayCluster.Host.Tests.Proxies;

/// <summary>Writes what a proxy would say.</summary>
internal static class ProxyHeaders
{
    private static readonly byte[] Signature = [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

    public static byte[] Line(IPEndPoint source, IPEndPoint destination) => Encoding.ASCII.GetBytes(
        $"PROXY {(source.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6")} "
        + $"{source.Address} {destination.Address} {source.Port} {destination.Port}\r\n");

    /// <summary>Version 2, with something of the proxy's own behind the addresses.</summary>
    public static byte[] Binary(IPEndPoint source, IPEndPoint destination, int extraBytes = 0)
    {
        byte[] ports = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(ports, (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(ports.AsSpan(2), (ushort)destination.Port);
        byte family = source.AddressFamily == AddressFamily.InterNetwork ? (byte)0x11 : (byte)0x21;
        return Binary(0x21, family, [
            .. source.Address.GetAddressBytes(), .. destination.Address.GetAddressBytes(), .. ports,
            .. new byte[extraBytes]]);
    }

    public static byte[] Binary(byte versionAndCommand, byte family, byte[] rest) =>
        [.. Signature, versionAndCommand, family, (byte)(rest.Length >> 8), (byte)rest.Length, .. rest];
}

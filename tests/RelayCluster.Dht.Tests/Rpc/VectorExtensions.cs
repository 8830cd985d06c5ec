using System.Text.Json;
using RelayCluster.Udx.Sockets;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Rpc;

/// <summary>How dht-rpc.json spells addresses and optional fields.</summary>
internal static class VectorExtensions
{
    public static UdpEndPoint EndPoint(this JsonElement element, string property)
    {
        JsonElement address = element.GetProperty(property);
        return address.EndPoint();
    }

    public static UdpEndPoint EndPoint(this JsonElement address) =>
        UdpEndPoint.Parse($"{address.GetProperty("host").GetString()}:{address.GetProperty("port").GetInt32()}");

    public static Fixed32? Fixed32OrNull(this JsonElement element, string property) =>
        element.HexOrNull(property) is byte[] bytes ? new Fixed32(bytes) : null;

    public static Fixed32 Fixed32(this JsonElement element, string property) => new(element.Hex(property));
}

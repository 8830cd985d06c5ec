using System.Net;
using System.Text.Json;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Messages;

/// <summary>How the vectors of HyperDHT's messages spell addresses, keys and peers.</summary>
internal static class VectorFields
{
    public static UdpEndPoint EndPoint(this JsonElement fields) =>
        UdpEndPoint.Parse($"{fields.GetProperty("host").GetString()}:{fields.GetProperty("port").GetInt32()}");

    public static UdpEndPoint? EndPointOrNull(this JsonElement fields, string property) =>
        fields.GetProperty(property) is { ValueKind: JsonValueKind.Object } value ? value.EndPoint() : null;

    public static UdpEndPoint[] EndPoints(this JsonElement list) => [.. list.EnumerateArray().Select(EndPoint)];

    public static UdpEndPoint[]? EndPointsOrNull(this JsonElement fields, string property) =>
        fields.GetProperty(property) is { ValueKind: JsonValueKind.Array } list ? list.EndPoints() : null;

    public static IPEndPoint[] EndPoints6(this JsonElement list) =>
    [
        .. list.EnumerateArray().Select(e =>
            new IPEndPoint(IPAddress.Parse(e.GetProperty("host").GetString()!), e.GetProperty("port").GetInt32())),
    ];

    public static Fixed32 Fixed(this JsonElement fields, string property) => new(fields.Hex(property));

    public static Fixed32? FixedOrNull(this JsonElement fields, string property) =>
        fields.HexOrNull(property) is { } bytes ? new Fixed32(bytes) : null;

    public static HolepunchInfo Holepunch(this JsonElement fields) => new(
        fields.GetProperty("id").GetUInt64(),
        [
            .. fields.GetProperty("relays").EnumerateArray().Select(r =>
                new RelayInfo(r.EndPointOrNull("relayAddress")!.Value, r.EndPointOrNull("peerAddress")!.Value)),
        ]);

    public static PeerRecord Peer(this JsonElement fields) =>
        new(fields.Fixed("publicKey"), fields.GetProperty("relayAddresses").EndPoints());
}

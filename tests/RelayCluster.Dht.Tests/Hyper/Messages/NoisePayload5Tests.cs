using System.Net;
using System.Text.Json;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Messages;

public sealed class NoisePayload5Tests
{
    private static readonly UdpEndPoint Address = UdpEndPoint.Parse("10.1.2.3:49737");

    [Fact]
    public void Encode_EveryVector_IsWrittenAlike()
    {
        JsonElement[] vectors = [.. VectorFile.Load("hyperdht-v5.json").Where("codec", "noisePayload")];
        Assert.NotEmpty(vectors);
        foreach (JsonElement vector in vectors)
        {
            JsonElement fields = vector.GetProperty("fields");
            JsonElement holepunch = fields.GetProperty("holepunch");
            var payload = new NoisePayload5
            {
                Version = fields.GetProperty("version").GetUInt64(),
                Error = fields.GetProperty("error").GetUInt64(),
                Firewall = fields.GetProperty("firewall").GetUInt64(),
                Protocols = fields.GetProperty("protocols").GetUInt64(),
                Holepunch = holepunch.ValueKind == JsonValueKind.Object ? holepunch.Holepunch() : null,
                Addresses = fields.EndPointsOrNull("addresses"),
            };

            Assert.True(vector.Hex("hex").SequenceEqual(payload.Encode()), vector.Name());
        }
    }

    [Fact]
    public void From_APayloadOfToday_KeepsWhatTheOlderOneHasWordsFor()
    {
        var holepunch = new HolepunchInfo(3, [new RelayInfo(Address, Address)]);
        var payload = new NoisePayload
        {
            Error = 1,
            Firewall = 2,
            Holepunch = holepunch,
            Addresses4 = [Address],
            Addresses6 = [new IPEndPoint(IPAddress.IPv6Loopback, 1)],
            Udx = new UdxInfo(7, 0, IsSocketReusable: true),
            SecretStreamVersion = 1,
            RelayAddresses = [Address],
        };

        NoisePayload5 older = NoisePayload5.From(payload);

        Assert.Equal(1ul, older.Error);
        Assert.Equal(2ul, older.Firewall);
        Assert.Equal(2ul, older.Protocols); // uTP
        Assert.Equal(holepunch, older.Holepunch);
        Assert.Equal([Address], older.Addresses);
    }

    [Fact]
    public void From_APayloadThatSaysNothing_SaysNothing() =>
        Assert.Equal(new NoisePayload5(), NoisePayload5.From(new NoisePayload()));

    [Fact]
    public void EncodeNoisePayload5_AClientOfAnotherVersion_KeepsTheVersion()
    {
        var client = new DhtClient(default, new byte[] { 9, 1, 2, 3 }, new IPEndPoint(IPAddress.Loopback, 1));

        Assert.Equal(9, client.EncodeNoisePayload5()[0]);
    }

    [Fact]
    public void EncodeNoisePayload5_APayloadThatEndsEarly_ThrowsTheProtocolException()
    {
        var client = new DhtClient(default, new byte[] { 1 }, new IPEndPoint(IPAddress.Loopback, 1));

        Assert.Throws<ProtocolException>(() => client.EncodeNoisePayload5());
    }
}

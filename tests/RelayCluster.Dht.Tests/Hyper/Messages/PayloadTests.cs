using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Messages;

public sealed class PayloadTests
{
    private static readonly VectorFile Vectors = VectorFile.Load("hyperdht-payloads.json");

    [Fact]
    public void NoisePayload_EveryVector_IsWrittenAlike()
    {
        foreach (JsonElement vector in Vectors.Where("codec", "noisePayload").Where(v => !v.Is("decodeOnly")))
        {
            NoisePayload payload = vector.TryGetProperty("fields", out JsonElement fields)
                ? ReadNoise(fields)
                : ComposeNoise(vector);

            Assert.True(vector.Hex("hex").SequenceEqual(payload.Encode()), vector.Name());
        }
    }

    [Fact]
    public void NoisePayload_EveryVector_IsReadAndWrittenBack()
    {
        foreach (JsonElement vector in Vectors.Where("codec", "noisePayload").Where(v => !v.Is("decodeOnly")))
        {
            byte[] bytes = vector.Hex("hex");
            Assert.True(bytes.SequenceEqual(NoisePayload.Decode(bytes).Encode()), vector.Name());
        }
    }

    [Fact]
    public void NoisePayload_VectorsForReading_AreRead()
    {
        foreach (JsonElement vector in Vectors.Where("codec", "noisePayload").Where(v => v.Is("decodeOnly")))
        {
            if (vector.TryGetProperty("error", out _))
            {
                Assert.Throws<ProtocolException>(() => NoisePayload.Decode(vector.Hex("hex")));
                continue;
            }

            NoisePayload expected = ReadNoise(vector.GetProperty("decoded"));
            NoisePayload read = NoisePayload.Decode(vector.Hex("hex"));
            Assert.Equal(expected.Version, read.Version);
            Assert.Equal(expected.Udx, read.Udx);
            Assert.Equal(expected.SecretStreamVersion, read.SecretStreamVersion);
            Assert.Equal(expected.Addresses4, read.Addresses4);
            Assert.Equal(expected.RelayAddresses, read.RelayAddresses);
        }
    }

    [Fact]
    public void HolepunchPayload_EveryVector_IsWrittenAndReadAlike()
    {
        foreach (JsonElement vector in Vectors.Where("codec", "holepunchPayload"))
        {
            HolepunchPayload payload = vector.TryGetProperty("fields", out JsonElement fields)
                ? ReadHolepunch(fields)
                : ComposeHolepunch(vector);

            Assert.True(vector.Hex("hex").SequenceEqual(payload.Encode()), vector.Name());
            HolepunchPayload read = HolepunchPayload.Decode(vector.Hex("hex"));
            Assert.Equal(payload with { Addresses = null }, read with { Addresses = null });
            Assert.Equal(payload.Addresses, read.Addresses);
        }
    }

    [Fact]
    public void Decode_EveryTruncation_ThrowsTheProtocolException()
    {
        foreach (JsonElement vector in Vectors.All().Where(v => !v.Is("decodeOnly")))
        {
            byte[] bytes = vector.Hex("hex");
            for (int length = 0; length < bytes.Length; length++)
            {
                Assert.Throws<ProtocolException>(() => _ = vector.GetProperty("codec").ValueEquals("noisePayload")
                    ? (object)NoisePayload.Decode(bytes.AsSpan(0, length))
                    : HolepunchPayload.Decode(bytes.AsSpan(0, length)));
            }
        }
    }

    [Fact]
    public void Decode_AnyBytes_ThrowsNothingButTheProtocolException() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            try
            {
                NoisePayload.Decode([1, .. bytes]);
                HolepunchPayload.Decode(bytes);
            }
            catch (ProtocolException)
            {
                // the documented way to fail
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Seal_EveryVector_IsSealedAndOpenedAlike()
    {
        VectorFile messages = VectorFile.Load("hyperdht-messages.json");
        foreach (JsonElement vector in messages.Where("kind", "sealedPayload"))
        {
            var seal = new PayloadSeal(vector.Fixed("holepunchSecret"), default);
            HolepunchPayload payload = ReadHolepunch(vector.GetProperty("fields"));

            Assert.Equal(vector.Hex("plaintext"), payload.Encode());
            Assert.Equal(vector.Hex("hex"), seal.Seal(payload, vector.Hex("nonce")));
            Assert.Equal(payload.Encode(), seal.Open(vector.Hex("hex"))!.Encode());
            Assert.Equal(payload.Encode(), seal.Open(seal.Seal(payload))!.Encode());
        }

        foreach (JsonElement vector in messages.Where("kind", "sealedPayloadRefused"))
        {
            var seal = new PayloadSeal(vector.Fixed("holepunchSecret"), default);
            Assert.Null(seal.Open(vector.Hex("hex")));
            Assert.Null(seal.Open([]));
        }
    }

    [Fact]
    public void Token_EveryVector_IsTheHostHashedWithTheLocalSecret()
    {
        foreach (JsonElement vector in VectorFile.Load("hyperdht-messages.json").Where("kind", "hostToken"))
        {
            var seal = new PayloadSeal(default, vector.Fixed("localSecret"));
            UdpEndPoint endPoint = UdpEndPoint.Parse($"{vector.GetProperty("host").GetString()}:9");
            Assert.Equal(vector.Fixed("hex"), seal.Token(endPoint));
        }
    }

    private static NoisePayload ComposeNoise(JsonElement vector)
    {
        HashSet<string> parts = [.. vector.GetProperty("parts").EnumerateArray().Select(p => p.GetString()!)];
        JsonElement values = Vectors.Root.GetProperty("parts").GetProperty("noisePayload");
        NoisePayload all = ReadNoise(values);
        return new NoisePayload
        {
            Error = vector.GetProperty("error").GetUInt64(),
            Firewall = vector.GetProperty("firewall").GetUInt64(),
            Holepunch = parts.Contains("holepunch") ? all.Holepunch : null,
            Addresses4 = parts.Contains("addresses4") ? all.Addresses4 : [],
            Addresses6 = parts.Contains("addresses6") ? all.Addresses6 : [],
            Udx = parts.Contains("udx") ? all.Udx : null,
            SecretStreamVersion = parts.Contains("secretStream") ? all.SecretStreamVersion : null,
            RelayThrough = parts.Contains("relayThrough") ? all.RelayThrough : null,
            RelayAddresses = parts.Contains("relayAddresses") ? all.RelayAddresses : null,
        };
    }

    private static NoisePayload ReadNoise(JsonElement fields) => new()
    {
        Version = Number(fields, "version", 1),
        Error = Number(fields, "error", 0),
        Firewall = Number(fields, "firewall", 0),
        Holepunch = Part(fields, "holepunch")?.Holepunch(),
        Addresses4 = fields.EndPointsOrNull("addresses4") ?? [],
        Addresses6 = Part(fields, "addresses6")?.EndPoints6() ?? [],
        Udx = Part(fields, "udx") is { } udx
            ? new UdxInfo(
                Number(udx, "id", 0), Number(udx, "seq", 0), udx.Is("reusableSocket"), Number(udx, "version", 1))
            : null,
        SecretStreamVersion = Part(fields, "secretStream") is { } stream ? Number(stream, "version", 1) : null,
        RelayThrough = Part(fields, "relayThrough") is { } relay
            ? new RelayThroughInfo(relay.Fixed("publicKey"), relay.Fixed("token"))
            : null,
        RelayAddresses = fields.EndPointsOrNull("relayAddresses"),
    };

    private static HolepunchPayload ComposeHolepunch(JsonElement vector)
    {
        HashSet<string> parts = [.. vector.GetProperty("parts").EnumerateArray().Select(p => p.GetString()!)];
        JsonElement values = Vectors.Root.GetProperty("parts").GetProperty("holepunchPayload");
        return new HolepunchPayload
        {
            Error = vector.GetProperty("error").GetUInt64(),
            Firewall = vector.GetProperty("firewall").GetUInt64(),
            Round = vector.GetProperty("round").GetUInt64(),
            IsConnected = parts.Contains("connected"),
            IsPunching = parts.Contains("punching"),
            Addresses = parts.Contains("addresses") ? values.EndPointsOrNull("addresses") : null,
            RemoteAddress = parts.Contains("remoteAddress") ? values.EndPointOrNull("remoteAddress") : null,
            Token = parts.Contains("token") ? values.Fixed("token") : null,
            RemoteToken = parts.Contains("remoteToken") ? values.Fixed("remoteToken") : null,
        };
    }

    private static HolepunchPayload ReadHolepunch(JsonElement fields) => new()
    {
        Error = Number(fields, "error", 0),
        Firewall = Number(fields, "firewall", 0),
        Round = Number(fields, "round", 0),
        IsConnected = fields.Is("connected"),
        IsPunching = fields.Is("punching"),
        Addresses = fields.EndPointsOrNull("addresses"),
        RemoteAddress = fields.EndPointOrNull("remoteAddress"),
        Token = fields.FixedOrNull("token"),
        RemoteToken = fields.FixedOrNull("remoteToken"),
    };

    private static JsonElement? Part(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out JsonElement part)
        && part.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            ? part
            : null;

    private static ulong Number(JsonElement fields, string name, ulong otherwise) =>
        fields.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetUInt64()
            : otherwise;
}

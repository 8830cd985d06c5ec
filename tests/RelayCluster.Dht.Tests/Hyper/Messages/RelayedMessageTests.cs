using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Vectors;

namespace RelayCluster.Dht.Tests.Hyper.Messages;

public sealed class RelayedMessageTests
{
    private static readonly VectorFile Vectors = VectorFile.Load("hyperdht-messages.json");

    [Fact]
    public void Handshake_EveryVector_IsWrittenAndReadAlike()
    {
        foreach (JsonElement vector in Vectors.Where("codec", "handshake").Where(v => !v.Is("decodeOnly")))
        {
            JsonElement fields = vector.GetProperty("fields");
            byte[] noise = fields.Hex("noise");
            var message = new HandshakeMessage
            {
                Mode = (RelayMode)fields.GetProperty("mode").GetUInt32(),
                Noise = noise,
                PeerAddress = fields.EndPointOrNull("peerAddress"),
                RelayAddress = fields.EndPointOrNull("relayAddress"),
            };

            Assert.Equal(vector.Hex("hex"), message.Encode());
            Assert.True(HandshakeMessage.TryRead(vector.Hex("hex"), out HandshakeMessage read), vector.Name());
            Assert.Equal(message.Mode, read.Mode);
            Assert.Equal(noise, read.Noise.ToArray());
            Assert.Equal(message.PeerAddress, read.PeerAddress);
            Assert.Equal(message.RelayAddress, read.RelayAddress);
        }
    }

    [Fact]
    public void Holepunch_EveryVector_IsWrittenAndReadAlike()
    {
        foreach (JsonElement vector in Vectors.Where("codec", "holepunch"))
        {
            JsonElement fields = vector.GetProperty("fields");
            byte[] payload = fields.Hex("payload");
            var message = new HolepunchMessage
            {
                Mode = (RelayMode)fields.GetProperty("mode").GetUInt32(),
                Id = fields.GetProperty("id").GetUInt64(),
                Payload = payload,
                PeerAddress = fields.EndPointOrNull("peerAddress"),
            };

            Assert.Equal(vector.Hex("hex"), message.Encode());
            Assert.True(HolepunchMessage.TryRead(vector.Hex("hex"), out HolepunchMessage read), vector.Name());
            Assert.Equal(message.Mode, read.Mode);
            Assert.Equal(message.Id, read.Id);
            Assert.Equal(payload, read.Payload.ToArray());
            Assert.Equal(message.PeerAddress, read.PeerAddress);
        }
    }

    [Fact]
    public void TryRead_EveryTruncation_IsFalse()
    {
        foreach (JsonElement vector in Vectors.All())
        {
            if (!vector.TryGetProperty("codec", out _) || vector.Is("decodeOnly"))
            {
                continue;
            }

            byte[] bytes = vector.Hex("hex");
            for (int length = 0; length < bytes.Length; length++)
            {
                bool read = vector.GetProperty("codec").GetString() switch
                {
                    "handshake" => HandshakeMessage.TryRead(bytes.AsSpan(0, length), out _),
                    "holepunch" => HolepunchMessage.TryRead(bytes.AsSpan(0, length), out _),
                    "announce" => AnnounceMessage.TryRead(bytes.AsSpan(0, length), out _),
                    "mutablePutRequest" => MutablePutRequest.TryRead(bytes.AsSpan(0, length), out _),
                    "mutableGetResponse" => MutableGetResponse.TryRead(bytes.AsSpan(0, length), out _),
                    _ => false,
                };
                Assert.False(read, $"{vector.Name()}, {length} bytes");
            }
        }
    }

    [Fact]
    public void TryRead_AnyBytes_NeverThrows() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            HandshakeMessage.TryRead(bytes, out _);
            HolepunchMessage.TryRead(bytes, out _);
            AnnounceMessage.TryRead(bytes, out _);
            MutablePutRequest.TryRead(bytes, out _);
            LookupRawReply.TryDecode(bytes);
        }).QuickCheckThrowOnFailure();
}

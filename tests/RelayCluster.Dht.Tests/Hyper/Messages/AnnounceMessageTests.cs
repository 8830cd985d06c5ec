using System.Text.Json;
using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Vectors;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Messages;

public sealed class AnnounceMessageTests
{
    private static readonly VectorFile Vectors = VectorFile.Load("hyperdht-messages.json");

    [Fact]
    public void Announce_EveryVector_IsWrittenAndReadAlike()
    {
        foreach (JsonElement vector in Vectors.Where("codec", "announce"))
        {
            JsonElement fields = vector.GetProperty("fields");
            var message = new AnnounceMessage
            {
                Peer = fields.GetProperty("peer") is { ValueKind: JsonValueKind.Object } peer ? peer.Peer() : null,
                Refresh = fields.FixedOrNull("refresh"),
                Signature = fields.HexOrNull("signature"),
                Bump = fields.GetProperty("bump").GetUInt64(),
            };

            Assert.Equal(vector.Hex("hex"), message.Encode());
            Assert.True(AnnounceMessage.TryRead(vector.Hex("hex"), out AnnounceMessage read), vector.Name());
            Assert.Equal(vector.Hex("hex"), read.Encode());
            Assert.Equal(message.Refresh, read.Refresh);
            Assert.Equal(message.Bump, read.Bump);
        }
    }

    [Fact]
    public void PeerRecord_EveryVector_IsWrittenAndReadAlike()
    {
        foreach (JsonElement vector in Vectors.Where("codec", "peer"))
        {
            PeerRecord peer = vector.GetProperty("fields").Peer();
            Assert.Equal(vector.Hex("hex"), peer.Encode());

            var reader = new CompactReader(vector.Hex("hex"));
            Assert.True(PeerRecord.TryRead(ref reader, out PeerRecord read));
            Assert.Equal(peer.PublicKey, read.PublicKey);
            Assert.Equal(peer.RelayAddresses, read.RelayAddresses);
        }
    }

    [Fact]
    public void LookupRawReply_EveryVector_IsWrittenAndReadAlike()
    {
        foreach (JsonElement vector in Vectors.Where("codec", "lookupRawReply"))
        {
            JsonElement fields = vector.GetProperty(vector.Is("decodeOnly") ? "decoded" : "fields");
            PeerRecord[] peers = [.. fields.GetProperty("peers").EnumerateArray().Select(VectorFields.Peer)];
            ulong bump = fields.GetProperty("bump").GetUInt64();
            if (!vector.Is("decodeOnly"))
            {
                Assert.Equal(vector.Hex("hex"), LookupRawReply.Encode([.. peers.Select(p => p.Encode())], bump));
            }

            LookupRawReply? read = LookupRawReply.TryDecode(vector.Hex("hex"));
            Assert.NotNull(read);
            Assert.Equal(peers.Select(p => p.Encode()), read.Peers.Select(p => p.Encode()));
            Assert.Equal(bump, read.Bump);
        }
    }

    [Fact]
    public void LookupRawReply_CountThatTheBytesCannotHold_IsRefused()
    {
        Assert.Null(LookupRawReply.TryDecode([0xfe, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3]));
        Assert.Null(LookupRawReply.TryDecode([2, .. new byte[33]]));
    }

    [Theory]
    [InlineData("signAnnounce")]
    [InlineData("signUnannounce")]
    public void AnnounceSignature_EveryVector_IsSignedAlike(string kind)
    {
        Fixed32 scope = kind == "signAnnounce" ? HyperNamespace.Announce : HyperNamespace.Unannounce;
        Span<byte> signable = stackalloc byte[AnnounceSignature.SignableSize];
        foreach (JsonElement vector in Vectors.Where("kind", kind))
        {
            Fixed32 target = vector.Fixed("target");
            Fixed32 token = vector.Fixed("token");
            Fixed32 id = vector.Fixed("id");
            PeerRecord peer = vector.GetProperty("peer").Peer();
            Fixed32? refresh = vector.FixedOrNull("refresh");
            using KeyPair keyPair = ReadKeyPair(vector);

            AnnounceSignature.WriteSignable(scope, target, token, id, peer, refresh, signable);
            byte[] signature = AnnounceSignature.Sign(scope, target, token, id, peer, refresh, keyPair);

            Assert.Equal(vector.Hex("signable"), signable.ToArray());
            Assert.Equal(vector.Hex("hex"), signature);
            Assert.True(AnnounceSignature.Verify(scope, target, token, id, peer, refresh, signature));
            Assert.False(AnnounceSignature.Verify(scope, target, id, token, peer, refresh, signature));
            Assert.False(AnnounceSignature.Verify(scope, target, token, id, peer, refresh, []));
        }
    }

    [Fact]
    public void Namespaces_AreTheReferences()
    {
        Dictionary<string, Fixed32> ours = new()
        {
            ["ANNOUNCE"] = HyperNamespace.Announce,
            ["UNANNOUNCE"] = HyperNamespace.Unannounce,
            ["MUTABLE_PUT"] = HyperNamespace.MutablePut,
            ["PEER_HANDSHAKE"] = HyperNamespace.PeerHandshake,
            ["PEER_HOLEPUNCH"] = HyperNamespace.PeerHolepunch,
        };
        foreach (JsonElement vector in Vectors.Where("kind", "namespace"))
        {
            if (ours.TryGetValue(vector.Name().Split(' ')[1], out Fixed32 scope))
            {
                Assert.Equal(vector.Fixed("hex"), scope);
            }
        }
    }

    internal static KeyPair ReadKeyPair(JsonElement vector)
    {
        JsonElement keyPair = vector.GetProperty("keyPair");
        return new KeyPair(keyPair.Fixed("publicKey"), keyPair.Hex("secretKey"));
    }
}

using System.Text.Json;
using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Vectors;

namespace RelayCluster.Dht.Tests.Hyper.Messages;

public sealed class MutableValueTests
{
    private static readonly VectorFile Vectors = VectorFile.Load("hyperdht-messages.json");

    [Fact]
    public void PutRequest_EveryVector_IsWrittenAndReadAlike()
    {
        foreach (JsonElement vector in Vectors.Where("codec", "mutablePutRequest"))
        {
            JsonElement fields = vector.GetProperty("fields");
            var request = new MutablePutRequest
            {
                PublicKey = fields.Fixed("publicKey"),
                Stored = new MutableGetResponse
                {
                    Sequence = fields.GetProperty("seq").GetUInt64(),
                    Value = fields.Hex("value"),
                    Signature = fields.Hex("signature"),
                },
            };

            Assert.Equal(vector.Hex("hex"), request.Encode());
            Assert.True(MutablePutRequest.TryRead(vector.Hex("hex"), out MutablePutRequest read), vector.Name());
            Assert.Equal(request.PublicKey, read.PublicKey);
            Assert.Equal(request.Stored.Encode(), read.Stored.Encode());
        }
    }

    [Fact]
    public void GetResponse_EveryVector_IsWrittenAndReadAlike()
    {
        foreach (JsonElement vector in Vectors.Where("codec", "mutableGetResponse"))
        {
            JsonElement fields = vector.GetProperty("fields");
            Assert.True(MutableGetResponse.TryRead(vector.Hex("hex"), out MutableGetResponse read), vector.Name());
            Assert.Equal(fields.GetProperty("seq").GetUInt64(), read.Sequence);
            Assert.Equal(fields.Hex("value"), read.Value.ToArray());
            Assert.Equal(fields.Hex("signature"), read.Signature.ToArray());
            Assert.Equal(vector.Hex("hex"), read.Encode());
        }
    }

    [Fact]
    public void Signature_EveryVector_IsSignedAlike()
    {
        Span<byte> signable = stackalloc byte[64];
        foreach (JsonElement vector in Vectors.Where("kind", "signMutable"))
        {
            ulong sequence = vector.GetProperty("seq").GetUInt64();
            byte[] value = vector.Hex("value");
            using KeyPair keyPair = AnnounceMessageTests.ReadKeyPair(vector);

            MutableSignature.WriteSignable(sequence, value, signable);

            Assert.Equal(vector.Hex("signable"), signable.ToArray());
            Assert.Equal(vector.Hex("hex"), MutableSignature.Sign(sequence, value, keyPair));
            Assert.True(MutableSignature.Verify(sequence, value, keyPair.PublicKey, vector.Hex("hex")));
            Assert.False(MutableSignature.Verify(sequence + 1, value, keyPair.PublicKey, vector.Hex("hex")));
        }
    }
}

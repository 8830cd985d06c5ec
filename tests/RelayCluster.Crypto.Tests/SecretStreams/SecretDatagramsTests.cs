using System.Buffers.Binary;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Vectors;

namespace RelayCluster.Crypto.Tests.SecretStreams;

public sealed class SecretDatagramsTests
{
    private static readonly byte[] Hash = new byte[64];

    [Fact]
    public void EveryVector_IsEncryptedAndDecrypted()
    {
        foreach (JsonElement vector in VectorFile.Load("secret-stream.json").Where("kind", "unordered"))
        {
            using SecretDatagrams initiator = Side(vector, "initiator");
            using SecretDatagrams responder = Side(vector, "responder");
            foreach (JsonElement message in vector.GetProperty("messages").EnumerateArray())
            {
                bool isInitiators = message.GetProperty("from").ValueEquals("initiator");
                SecretDatagrams from = isInitiators ? initiator : responder;
                SecretDatagrams to = isInitiators ? responder : initiator;
                byte[] plaintext = message.Hex("plaintext");
                var datagram = new byte[plaintext.Length + SecretDatagrams.Overhead];
                from.Encrypt(plaintext, datagram);
                Assert.Equal(message.Hex("hex"), datagram);

                var decrypted = new byte[plaintext.Length];
                Assert.True(to.TryDecrypt(datagram, decrypted));
                Assert.Equal(plaintext, decrypted);
            }
        }
    }

    [Fact]
    public void LostAndOvertaken_TheOthersAreStillRead()
    {
        using var from = new SecretDatagrams(Hash, isInitiator: true, initialCounter: 5);
        using var to = new SecretDatagrams(Hash, isInitiator: false, initialCounter: 77);
        byte[][] datagrams = [.. Enumerable.Range(0, 3).Select(i => Encrypt(from, (byte)i))];
        foreach (int i in new[] { 2, 0 })
        {
            var message = new byte[1];
            Assert.True(to.TryDecrypt(datagrams[i], message));
            Assert.Equal(i, message[0]);
        }
    }

    [Fact]
    public void AnyOtherBytes_AreNotRead()
    {
        using var to = new SecretDatagrams(Hash, isInitiator: false, initialCounter: 0);
        Prop.ForAll<byte[]>(bytes =>
        {
            var message = new byte[Math.Max(0, bytes.Length - SecretDatagrams.Overhead)];
            return !to.TryDecrypt(bytes, message);
        }).QuickCheckThrowOnFailure();
    }

    private static byte[] Encrypt(SecretDatagrams from, byte message)
    {
        var datagram = new byte[1 + SecretDatagrams.Overhead];
        from.Encrypt([message], datagram);
        return datagram;
    }

    private static SecretDatagrams Side(JsonElement vector, string side)
    {
        bool isInitiator = side == "initiator";
        if (!vector.TryGetProperty(side, out JsonElement keys))
        {
            return new SecretDatagrams(vector.Hex("hash"), isInitiator, initialCounter: 0);
        }

        byte[] counter = keys.HexOrNull("initialCounter") ?? keys.Hex("counterBefore");
        var datagrams = new SecretDatagrams(
            vector.Hex("hash"), isInitiator, BinaryPrimitives.ReadUInt64LittleEndian(counter));
        Assert.Equal(keys.HexOrNull("encryptKey"), datagrams.EncryptKey.ToArray());
        Assert.Equal(keys.HexOrNull("decryptKey") ?? datagrams.DecryptKey.ToArray(), datagrams.DecryptKey.ToArray());
        return datagrams;
    }
}

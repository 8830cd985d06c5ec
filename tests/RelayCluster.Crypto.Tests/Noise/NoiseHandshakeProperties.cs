using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Crypto.Noise;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Tests.Noise;

public sealed class NoiseHandshakeProperties
{
    private static readonly KeyPair Initiator = KeyPair.FromSeed(new byte[32]);
    private static readonly KeyPair Responder = KeyPair.FromSeed([.. Enumerable.Repeat((byte)1, 32)]);

    [Fact]
    public void AnyPayload_ArrivesAsItWasSent()
    {
        Prop.ForAll<byte[], byte[]>((first, second) =>
        {
            using var initiator = new NoiseHandshake(NoisePattern.IK, true, Initiator, Responder.PublicKey);
            using var responder = new NoiseHandshake(NoisePattern.IK, false, Responder);
            return responder.ReadMessage(initiator.WriteMessage(first)).SequenceEqual(first)
                && initiator.ReadMessage(responder.WriteMessage(second)).SequenceEqual(second)
                && initiator.IsComplete && responder.IsComplete;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void AnyBytes_AreRefusedByTheOneException()
    {
        Prop.ForAll<byte[]>(bytes =>
        {
            foreach (NoisePattern pattern in new[] { NoisePattern.IK, NoisePattern.XK })
            {
                using var responder = new NoiseHandshake(pattern, false, Responder);
                Assert.Throws<ProtocolException>(() => responder.ReadMessage(bytes));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void EveryTruncationOfEveryMessage_IsRefused()
    {
        using var initiator = new NoiseHandshake(NoisePattern.IK, true, Initiator, Responder.PublicKey);
        byte[] first = initiator.WriteMessage([1, 2, 3]);
        for (int length = 0; length < first.Length; length++)
        {
            using var responder = new NoiseHandshake(NoisePattern.IK, false, Responder);
            Assert.Throws<ProtocolException>(() => responder.ReadMessage(first.AsSpan(0, length)));
        }
    }

    [Fact]
    public void EveryBitOfTheFirstMessageOfIK_Counts()
    {
        using var initiator = new NoiseHandshake(NoisePattern.IK, true, Initiator, Responder.PublicKey);
        byte[] message = initiator.WriteMessage([1, 2, 3]);
        for (int bit = 0; bit < 8 * message.Length; bit++)
        {
            message[bit / 8] ^= (byte)(1 << (bit % 8));
            using var responder = new NoiseHandshake(NoisePattern.IK, false, Responder);
            Assert.Throws<ProtocolException>(() => responder.ReadMessage(message));
            message[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}

using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Cluster.Directory;
using RelayCluster.Wire;
using static RelayCluster.Relay.Tests.Lookups.FakeQuery;

namespace RelayCluster.Cluster.Tests.Directory;

public sealed class DirectoryMessageTests
{
    [Fact]
    public void Encode_IsAsDrawn()
    {
        var message = new DirectoryMessage(0x0102030405060708, 300, [Key(0)], [Key(1), Key(2)]);

        Assert.Equal(
            "01" + "0807060504030201" + "fd2c01"
            + "01" + "01".PadRight(64, '0')
            + "02" + "02".PadRight(64, '0') + "03".PadRight(64, '0'),
            Convert.ToHexStringLower(message.Encode()));
    }

    [Fact]
    public void Decode_OfEncoded_IsTheSame()
    {
        Gen<Fixed32[]> keys = Gen.Choose(0, 1000).Select(Key).ArrayOf();
        Gen<DirectoryMessage> messages =
            from incarnation in Gen.Choose(0, int.MaxValue)
            from number in Gen.Choose(0, int.MaxValue)
            from added in keys
            from removed in keys
            select new DirectoryMessage((ulong)incarnation << 20, (ulong)number << 10, added, removed);
        Prop.ForAll(messages.ToArbitrary(), static message =>
        {
            DirectoryMessage decoded = DirectoryMessage.Decode(message.Encode());
            Assert.Equal((message.Incarnation, message.Number), (decoded.Incarnation, decoded.Number));
            Assert.Equal(message.Added, decoded.Added);
            Assert.Equal(message.Removed, decoded.Removed);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Decode_CutAnywhere_Fails()
    {
        byte[] encoded = new DirectoryMessage(1, 2, [Key(0)], [Key(1)]).Encode();
        for (int length = 0; length < encoded.Length; length++)
        {
            Assert.Throws<ProtocolException>(() => DirectoryMessage.Decode(encoded.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Decode_OfAnyBytes_FailsOnlyAsAProtocolDoes()
    {
        Prop.ForAll(Gen.Choose(0, 255).Select(static b => (byte)b).ArrayOf().ToArbitrary(), static bytes =>
        {
            try
            {
                DirectoryMessage.Decode([1, .. bytes]);
            }
            catch (ProtocolException)
            {
                // what it is for
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Decode_OfAnotherVersion_Fails() => Assert.Throws<ProtocolException>(
        () => DirectoryMessage.Decode([2, .. new DirectoryMessage(1, 2, [], []).Encode().AsSpan(1)]));
}

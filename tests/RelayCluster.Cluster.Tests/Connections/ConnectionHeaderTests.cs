using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Cluster.Connections;
using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Tests.Connections;

public sealed class ConnectionHeaderTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        Fixed32 ticket = RandomBytes.NextFixed32();

        Assert.True(ConnectionHeader.TryRead(Write(ticket), out Fixed32 read));
        Assert.Equal(ticket, read);
    }

    [Fact]
    public void Its_bytes_are_as_drawn()
    {
        byte[] bytes = Write(new Fixed32([.. Enumerable.Range(1, 32).Select(i => (byte)i)]));

        Assert.Equal("52434E010102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20", Convert.ToHexString(bytes));
    }

    [Fact]
    public void Every_truncation_and_every_surplus_is_no_header()
    {
        byte[] bytes = Write(RandomBytes.NextFixed32());

        Assert.All(
            Enumerable.Range(0, bytes.Length),
            length => Assert.False(ConnectionHeader.TryRead(bytes.AsSpan(0, length), out _)));
        Assert.False(ConnectionHeader.TryRead([.. bytes, 0], out _));
    }

    [Fact]
    public void Another_protocol_or_version_is_no_header()
    {
        for (int i = 0; i < 4; i++)
        {
            byte[] bytes = Write(RandomBytes.NextFixed32());
            bytes[i] ^= 0x20;
            Assert.False(ConnectionHeader.TryRead(bytes, out _));
        }
    }

    [Fact]
    public void Random_bytes_are_no_header_and_throw_nothing() =>
        Prop.ForAll<byte[]>(bytes => !ConnectionHeader.TryRead(bytes, out _)).QuickCheckThrowOnFailure();

    private static byte[] Write(Fixed32 ticket)
    {
        var bytes = new byte[ConnectionHeader.Size];
        ConnectionHeader.Write(bytes, ticket);
        return bytes;
    }
}

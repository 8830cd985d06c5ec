using System.Net;
using RelayCluster.Relay.Policy;

namespace RelayCluster.Relay.Tests.Policy;

public sealed class AddressTableTests
{
    private static readonly IPAddress Somebody = IPAddress.Parse("203.0.113.7");

    private readonly AddressTable _table = new(new AddressLimits { OpensPerSecond = 1 });

    [Fact]
    public void Enter_SameAddress_SharesWhatItHas()
    {
        Allotment first = _table.Enter(TimeSpan.Zero, Somebody);

        Assert.Same(first, _table.Enter(TimeSpan.Zero, Somebody));
        Assert.NotSame(first, _table.Enter(TimeSpan.Zero, IPAddress.Parse("203.0.113.8")));
    }

    [Theory]
    [InlineData(64, "2001:db8::1", "2001:db8::ffff:2", true)]
    [InlineData(64, "2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData(60, "2001:db8::1", "2001:db8:0:f::1", true)]
    [InlineData(60, "2001:db8::1", "2001:db8:0:10::1", false)]
    [InlineData(1, "2001:db8::1", "7fff::1", true)]
    [InlineData(1, "2001:db8::1", "8000::1", false)]
    [InlineData(128, "2001:db8::1", "2001:db8::2", false)]
    [InlineData(127, "2001:db8::2", "2001:db8::3", true)]
    [InlineData(64, "203.0.113.7", "203.0.113.6", false)]
    public void Enter_Neighbours_ShareByTheIPv6Prefix(int bits, string one, string other, bool doShare)
    {
        var table = new AddressTable(new AddressLimits { IPv6PrefixBits = bits });

        Allotment first = table.Enter(TimeSpan.Zero, IPAddress.Parse(one));

        Assert.Equal(doShare, first == table.Enter(TimeSpan.Zero, IPAddress.Parse(other)));
    }

    [Fact]
    public void Leave_LastUser_IsRememberedForAMinute()
    {
        Allotment first = _table.Enter(TimeSpan.Zero, Somebody);
        _table.Leave(TimeSpan.FromHours(1), Somebody);

        TimeSpan justInTime = TimeSpan.FromHours(1) + AddressTable.Memory - TimeSpan.FromTicks(1);
        Assert.Same(first, _table.Enter(justInTime, Somebody));
        _table.Leave(justInTime, Somebody);
        Assert.NotSame(first, _table.Enter(justInTime + AddressTable.Memory, Somebody));
    }

    [Fact]
    public void Leave_OneOfTwoUsers_StaysInUse()
    {
        Allotment first = _table.Enter(TimeSpan.Zero, Somebody);
        _table.Enter(TimeSpan.Zero, Somebody);
        _table.Leave(TimeSpan.Zero, Somebody);

        Assert.Same(first, _table.Enter(TimeSpan.FromDays(1), Somebody));
    }

    [Fact]
    public void Leave_MoreThanAreRemembered_ForgetsTheOldest()
    {
        Allotment oldest = Visit(0);
        Allotment second = Visit(1);
        for (uint i = 2; i <= AddressTable.MostIdle; i++)
        {
            Visit(i);
        }

        Assert.Equal(AddressTable.MostIdle, _table.Count);
        Assert.Same(second, Visit(1));
        Assert.NotSame(oldest, Visit(0));
    }

    private Allotment Visit(uint number)
    {
        var address = new IPAddress(number);
        Allotment allotment = _table.Enter(TimeSpan.Zero, address);
        _table.Leave(TimeSpan.Zero, address);
        return allotment;
    }
}

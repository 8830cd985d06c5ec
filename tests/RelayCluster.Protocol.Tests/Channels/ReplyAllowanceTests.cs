using RelayCluster.Protocol.Channels;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Tests.Channels;

public sealed class ReplyAllowanceTests
{
    [Fact]
    public void Replies_ThatAreNotTaken_AreBounded()
    {
        var allowance = new ReplyAllowance(10);
        allowance.Charge(6, 6);
        allowance.Charge(4, 10);
        Assert.Throws<ProtocolException>(() => allowance.Charge(1, 11));
    }

    [Fact]
    public void Replies_ThatWentOut_AreForgotten()
    {
        var allowance = new ReplyAllowance(10);
        allowance.Charge(10, 10);
        allowance.HandleSent(10);
        allowance.Charge(10, 10);
    }

    [Fact]
    public void Replies_BehindOtherThings_CountUntilTheyAreOutThemselves()
    {
        var allowance = new ReplyAllowance(10);
        allowance.Charge(10, 1000);
        allowance.HandleSent(999);
        Assert.Throws<ProtocolException>(() => allowance.Charge(1, 2));
        allowance.HandleSent(1);
        allowance.Charge(1, 1);
    }
}

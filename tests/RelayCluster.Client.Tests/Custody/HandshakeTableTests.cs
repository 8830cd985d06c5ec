using RelayCluster.Actors.TestKit;
using RelayCluster.Client.Custody;
using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Client.Tests.Custody;

public sealed class HandshakeTableTests : IDisposable
{
    private const uint Owner = 5;

    private readonly VirtualClock _clock = new();
    private readonly KeyPair _keyPair = KeyPair.Generate();
    private readonly HandshakeTable _table;

    public HandshakeTableTests() => _table = new HandshakeTable(_clock);

    public void Dispose()
    {
        _table.Dispose();
        _keyPair.Dispose();
    }

    [Fact]
    public void PeersWhoNeverTurnUp_AreForgottenAfter20Seconds()
    {
        Assert.True(_table.TryAdd(1, NewResponder(), maxOfOwner: 1));
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.False(_table.TryAdd(2, NewResponder(), maxOfOwner: 1));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_table.TryAdd(3, NewResponder(), maxOfOwner: 1));
        Assert.False(_table.TryGet(1, out _));
    }

    [Fact]
    public void OfAnOwner_ThereAreOnlySoMany()
    {
        Assert.True(_table.TryAdd(1, NewResponder(), maxOfOwner: 1));
        Assert.False(_table.TryAdd(2, NewResponder(), maxOfOwner: 1));
        Assert.True(_table.TryAdd(3, NewResponder(Owner + 1), maxOfOwner: 1));
    }

    [Fact]
    public void AnOwnerThatGoes_TakesItsHandshakesAlong()
    {
        KeptHandshake gone = NewResponder();
        Assert.True(_table.TryAdd(1, gone, maxOfOwner: 9));
        Assert.True(_table.TryAdd(2, NewResponder(Owner + 1), maxOfOwner: 9));
        _table.RemoveOf(Owner);
        Assert.False(_table.TryGet(1, out _));
        Assert.True(_table.TryGet(2, out _));
        Assert.Throws<ProtocolException>(() => gone.Read(new byte[500]));
    }

    [Fact]
    public void KeysOfAnIncompleteHandshake_OrOfAnotherOwner_AreNotThere()
    {
        Assert.True(_table.TryAdd(1, NewResponder(), maxOfOwner: 9));
        Assert.Null(_table.TakeKeys(1, Owner + 1));
        Assert.True(_table.TryGet(1, out _));
        Assert.Null(_table.TakeKeys(1, Owner));
    }

    [Fact]
    public void AfterTheEnd_NothingBegins()
    {
        _table.Dispose();
        Assert.False(_table.TryAdd(1, NewResponder(), maxOfOwner: 9));
    }

    private KeptHandshake NewResponder(uint owner = Owner) => new(_keyPair, null, owner, _clock.GetTimestamp());
}

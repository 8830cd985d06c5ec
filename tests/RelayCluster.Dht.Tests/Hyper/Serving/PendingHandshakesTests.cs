using RelayCluster.Dht.Hyper.Serving;
using RelayCluster.Dht.Tests.Hyper.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Serving;

public sealed class PendingHandshakesTests
{
    private static readonly byte[] Reply = [9];
    private static readonly Fixed32 Key = Requests.Key(1);

    private readonly Questions _questions = new();
    private readonly HandshakeRoom _room = new(3);
    private readonly PendingHandshakes _pending;

    public PendingHandshakesTests() => _pending = new PendingHandshakes(_room);

    [Fact]
    public void TryBegin_TheRoomIsTakenByOthers_DropsIt()
    {
        Assert.True(_room.TryEnter());
        Assert.True(_room.TryEnter());
        Assert.True(_room.TryEnter());
        Assert.False(_room.TryEnter());
        Assert.False(_pending.TryBegin(TimeSpan.Zero, Key, _questions.Relayed()));

        _room.Leave();

        Assert.True(_pending.TryBegin(TimeSpan.Zero, Key, _questions.Relayed()));
        Assert.False(_room.TryEnter());
        _pending.Settle(TimeSpan.Zero, Key);
        Assert.Equal(2, _room.Taken);
    }

    [Fact]
    public void Repeat_WhileTheFirstIsWorkedOn_WaitsForItsAnswer()
    {
        Assert.True(Begin(Key));
        Assert.False(_pending.TryBegin(default, Key, _questions.Relayed()));
        Assert.Empty(_questions.Sent);

        _pending.Answer(Key, Reply);

        string[] to = [Questions.Client, Questions.Relay];
        Assert.Equal(to.Select(UdpEndPoint.Parse), _questions.Sent.Select(s => s.To));
        Assert.Equal(1, _pending.PendingCount);
    }

    [Fact]
    public void Repeat_AfterTheAnswer_GetsItAgainAsLongAsItIsRemembered()
    {
        Begin(Key);
        _pending.Answer(Key, Reply);
        Assert.False(Begin(Key));
        _pending.Settle(default, Key);
        Assert.False(Begin(Key, PendingHandshakes.Memory - TimeSpan.FromTicks(1)));
        Assert.Equal(3, _questions.Sent.Count);

        Assert.True(Begin(Key, PendingHandshakes.Memory));
        Assert.Equal(3, _questions.Sent.Count);
    }

    [Fact]
    public void Repeat_OfARefusedOne_GetsNoAnswerAndNoWork()
    {
        Begin(Key);
        Assert.False(Begin(Key));
        _pending.Settle(default, Key);

        Assert.False(Begin(Key));
        _pending.Answer(Key, Reply);
        Assert.False(Begin(Key));

        Assert.Empty(_questions.Sent);
        Assert.Equal(0, _pending.PendingCount);
    }

    [Fact]
    public void Repeats_ThatFloodWhileTheFirstIsWorkedOn_AreNotAllAnswered()
    {
        Begin(Key);
        for (int i = 0; i < 1000; i++)
        {
            Assert.False(Begin(Key));
        }

        _pending.Answer(Key, Reply);

        Assert.InRange(_questions.Sent.Count, 3, 20);
    }

    [Fact]
    public void New_BeyondTheLimit_IsDroppedUntilOneIsSettled()
    {
        Assert.True(Begin(Requests.Key(1)));
        Assert.True(Begin(Requests.Key(2)));
        Assert.True(Begin(Requests.Key(3)));
        Assert.False(Begin(Requests.Key(4)));

        _pending.Settle(default, Requests.Key(2));

        Assert.True(Begin(Requests.Key(4)));
        Assert.False(Begin(Requests.Key(5)));
    }

    [Fact]
    public void Settled_MakesRoomByForgettingTheOldest()
    {
        for (byte i = 1; i <= 100; i++)
        {
            Assert.True(Begin(Requests.Key(i)));
            _pending.Settle(default, Requests.Key(i));
            _pending.Settle(default, Requests.Key(i));
            Assert.InRange(_pending.SettledCount, 1, 3);
            Assert.Equal(0, _pending.PendingCount);
        }

        Assert.False(Begin(Requests.Key(98)));
        Assert.True(Begin(Requests.Key(97)));
    }

    [Fact]
    public void Answer_OrSettleOfAnUnknownOne_DoesNothing()
    {
        _pending.Answer(Key, Reply);
        _pending.Settle(default, Key);

        Assert.Empty(_questions.Sent);
        Assert.Equal(0, _pending.SettledCount);
    }

    private bool Begin(Fixed32 key, TimeSpan now = default) => _pending.TryBegin(now, key, _questions.Direct());
}

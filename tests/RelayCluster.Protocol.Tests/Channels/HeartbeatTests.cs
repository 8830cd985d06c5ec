using RelayCluster.Protocol.Channels;

namespace RelayCluster.Protocol.Tests.Channels;

public sealed class HeartbeatTests
{
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);

    private readonly Heartbeat _heartbeat = new(Start, Heartbeat.DefaultInterval, Heartbeat.DefaultTimeout);

    [Fact]
    public void Ping_IsDueEvery15Seconds_WhateverElseIsHeard()
    {
        for (int beat = 1; beat <= 10; beat++)
        {
            _heartbeat.HandleMessage(At(beat * 15) - TimeSpan.FromSeconds(1));
            Assert.Equal(At(beat * 15), _heartbeat.NextTimeout);
            Assert.Equal(HeartbeatAction.None, _heartbeat.HandleTimeout(At(beat * 15) - TimeSpan.FromTicks(1)));
            Assert.Equal(HeartbeatAction.SendPing, _heartbeat.HandleTimeout(At(beat * 15)));
            Assert.Equal(HeartbeatAction.None, _heartbeat.HandleTimeout(At(beat * 15)));
        }
    }

    [Fact]
    public void Silence_Of45Seconds_Closes()
    {
        _heartbeat.HandleMessage(At(5));
        Assert.Equal(HeartbeatAction.SendPing, _heartbeat.HandleTimeout(At(45)));
        Assert.Equal(At(50), _heartbeat.NextTimeout);
        Assert.Equal(HeartbeatAction.None, _heartbeat.HandleTimeout(At(49)));
        Assert.Equal(HeartbeatAction.Close, _heartbeat.HandleTimeout(At(50)));
    }

    [Fact]
    public void AnyMessage_StartsTheCountAgain()
    {
        _heartbeat.HandleMessage(At(44));
        Assert.NotEqual(HeartbeatAction.Close, _heartbeat.HandleTimeout(At(88)));
        Assert.Equal(HeartbeatAction.Close, _heartbeat.HandleTimeout(At(89)));
    }

    [Fact]
    public void Silence_WhileTheSessionDoesNotRead_DoesNotCount()
    {
        _heartbeat.HandleReadingPaused();
        Assert.Equal(HeartbeatAction.SendPing, _heartbeat.HandleTimeout(At(1000)));
        Assert.Equal(At(1005), _heartbeat.NextTimeout);
        _heartbeat.HandleReadingResumed(At(1001));
        Assert.Equal(HeartbeatAction.None, _heartbeat.HandleTimeout(At(1002)));
        Assert.Equal(HeartbeatAction.Close, _heartbeat.HandleTimeout(At(1046)));
    }

    [Fact]
    public void Beats_ThatWereMissed_AreNotMadeUpFor()
    {
        _heartbeat.HandleMessage(At(100));
        Assert.Equal(HeartbeatAction.SendPing, _heartbeat.HandleTimeout(At(100)));
        Assert.Equal(At(105), _heartbeat.NextTimeout);
    }

    [Fact]
    public void Client_DoesNotPing()
    {
        var heartbeat = new Heartbeat(Start, Timeout.InfiniteTimeSpan, Heartbeat.DefaultTimeout);
        Assert.Equal(At(45), heartbeat.NextTimeout);
        Assert.Equal(HeartbeatAction.None, heartbeat.HandleTimeout(At(44)));
        Assert.Equal(HeartbeatAction.Close, heartbeat.HandleTimeout(At(45)));
    }

    private static TimeSpan At(int seconds) => Start + TimeSpan.FromSeconds(seconds);
}

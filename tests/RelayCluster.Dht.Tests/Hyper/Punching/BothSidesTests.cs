using RelayCluster.Actors.TestKit;
using RelayCluster.Dht.Hyper;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Hyper.Punching;

/// <summary>Our client and our server, each behind a NAT.</summary>
public sealed class BothSidesTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly UdpEndPoint Relay = UdpEndPoint.Parse("7.7.7.1:7");

    private readonly VirtualClock _clientClock = new();
    private readonly VirtualClock _serverClock = new();
    private readonly Nat _client = new(PunchScene.ClientAddress);
    private readonly Nat _server;
    private readonly ServerPunch _serverPunch;

    public BothSidesTests()
    {
        _server = new Nat(PunchScene.ServerAddress)
        {
            Rounds = payload => _serverPunch!.HandleRound(payload, PunchScene.ClientAddress, isOwnRelay: true),
            Other = _client,
        };
        _client.Other = _server;
        _serverPunch = new ServerPunch(
            _server, new PayloadSeal(PunchScene.Secret, PunchScene.Token), () => ViewOf(_server));
    }

    [Fact]
    public async Task TheServerProbesAtOnce_WhereTheRelaySawItRight()
    {
        Assert.Equal(PunchScene.ServerAddress, await PunchAsync(seenAt: PunchScene.ServerAddress));
        AssertBothOpen();
        Assert.Equal(TimeSpan.Zero, _clientClock.Elapsed);
    }

    [Fact]
    public async Task BothProbe_WhereTheRelaySawTheServerElsewhere()
    {
        Task serving = _serverPunch.RunAsync(Deadline, _serverClock, CancellationToken.None);
        Task<UdpEndPoint> punching = PunchAsync(seenAt: UdpEndPoint.Parse("6.6.6.6:99"));

        // the server's first probe is due a second after the client's round
        await UntilAsync(() => _serverClock.UntilNextTimer == TimeSpan.FromSeconds(1));
        Assert.False(punching.IsCompleted);
        _serverClock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(PunchScene.ServerAddress, await punching);
        AssertBothOpen();
        await UntilAsync(() =>
        {
            _serverClock.Advance(_serverClock.UntilNextTimer ?? TimeSpan.Zero);
            return serving.IsCompleted;
        });
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static NatView ViewOf(Nat nat) => new(Firewall.Consistent, nat.Outside);

    private Task<UdpEndPoint> PunchAsync(UdpEndPoint seenAt)
    {
        var reply = new HandshakeReply(default, Relay, IsRelayed: true, seenAt, PunchScene.ClientAddress);
        var offer = new HolepunchInfo(2, [new RelayInfo(UdpEndPoint.Parse("7.7.7.2:7"), PunchScene.ServerAddress)]);
        return new ClientPunch(_client, _clientClock, ViewOf(_client), reply, offer, default, PunchScene.Secret)
            .RunAsync(CancellationToken.None).WaitAsync(Deadline);
    }

    private void AssertBothOpen()
    {
        Assert.True(_client.IsOpenFor(_server));
        Assert.True(_server.IsOpenFor(_client));
    }
}

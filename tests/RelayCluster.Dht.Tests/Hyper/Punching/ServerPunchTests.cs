using RelayCluster.Dht.Hyper;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Punching;

public sealed class ServerPunchTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbePeriod = TimeSpan.FromSeconds(1);
    private static readonly UdpEndPoint Elsewhere = UdpEndPoint.Parse("8.8.8.8:8");

    private readonly PunchScene _scene = new();
    private readonly ServerPunch _punch;
    private NatView _nat = new(Firewall.Consistent, PunchScene.ServerAddress);

    public ServerPunchTests()
    {
        _punch = new ServerPunch(_scene, _scene.Seal, () => _nat);
    }

    [Fact]
    public void Round_IsAnsweredWithOurNat_AndATokenWhereTheNodeIsOurs()
    {
        HolepunchPayload ours = Ask(Round() with { Token = PunchScene.Token });

        Assert.Equal(HyperErrorCode.None, ours.Error);
        Assert.Equal(Firewall.Consistent, ours.Firewall);
        Assert.Equal([PunchScene.ServerAddress], ours.Addresses);
        Assert.Equal(_scene.Seal.Token(PunchScene.ClientAddress), ours.Token);
        Assert.Equal(PunchScene.Token, ours.RemoteToken);
        Assert.False(ours.IsPunching);
        Assert.Null(Ask(Round(), isOwnRelay: false).Token);
        Assert.Empty(_scene.Probes);
    }

    [Fact]
    public void Round_ThatIsNotSealedByTheClient_GetsNoAnswer() =>
        Assert.Null(_punch.HandleRound(new byte[80], PunchScene.ClientAddress, isOwnRelay: true));

    [Fact]
    public void Round_OfAClientThatHasOpenedItsNatForUs_IsProbedAtOnce()
    {
        Ask(Round() with { RemoteAddress = Elsewhere });
        Assert.Empty(_scene.Probes);

        Ask(Round() with { RemoteAddress = PunchScene.ServerAddress });

        Assert.Equal([PunchScene.ClientAddress], _scene.Probes);
    }

    [Fact]
    public async Task Punching_ProbesAfterASecond_AndAnswersTheClientsProbes()
    {
        Task running = _punch.RunAsync(Patience, _scene.Clock, CancellationToken.None);
        Fixed32? token = Ask(Round()).Token;

        HolepunchPayload agreed = Ask(Round() with { Round = 1, IsPunching = true, RemoteToken = token });
        Assert.True(agreed.IsPunching);
        await _scene.RunUntilAsync(() => _scene.Probes.Count == 1, ProbePeriod);
        Assert.Equal(PunchScene.ClientAddress, _scene.Probes.Single());

        _scene.Receive(Elsewhere);
        Assert.Single(_scene.Probes);
        _scene.Receive(PunchScene.ClientAddress);
        Assert.Equal(2, _scene.Probes.Count);
        await _scene.RunUntilAsync(() => running.IsCompleted, ProbePeriod);
        await running;
    }

    [Fact]
    public async Task Punching_AnAddressThatIsNotProven_IsProbedLessOften()
    {
        Task running = _punch.RunAsync(Patience, _scene.Clock, CancellationToken.None);
        Ask(Round() with { IsPunching = true, Addresses = [Elsewhere] });

        await _scene.RunUntilAsync(() => running.IsCompleted, ProbePeriod);

        Assert.Equal([Elsewhere, Elsewhere], _scene.Probes);
    }

    [Theory]
    [InlineData("an error")]
    [InlineData("random ports that are not proven")]
    [InlineData("no address")]
    [InlineData("our NAT has no one port")]
    public void Round_ThatLeadsNowhere_IsAborted(string why)
    {
        HolepunchPayload theirs = Round() with { IsPunching = true };
        if (why == "our NAT has no one port")
        {
            _nat = new NatView(Firewall.Random, PunchScene.ServerAddress);
        }

        HolepunchPayload ours = Ask(why switch
        {
            "an error" => theirs with { Error = HyperErrorCode.Aborted },
            "random ports that are not proven" => theirs with { Firewall = Firewall.Random },
            "no address" => theirs with { Addresses = null },
            _ => theirs,
        });

        Assert.Equal(HyperErrorCode.Aborted, ours.Error);
        Assert.Equal(HyperErrorCode.Aborted, Ask(Round()).Error);
    }

    [Fact]
    public async Task Run_NobodyPunches_EndsWhenPatienceDoes()
    {
        Task running = _punch.RunAsync(Patience, _scene.Clock, CancellationToken.None);
        Ask(Round());

        await _scene.RunUntilAsync(() => running.IsCompleted);

        await Assert.ThrowsAsync<TimeoutException>(() => running.WaitAsync(Deadline));
        Assert.Equal(Patience, _scene.Clock.Elapsed);
    }

    private static HolepunchPayload Round() => new()
    {
        Firewall = Firewall.Consistent,
        Addresses = [PunchScene.ClientAddress],
    };

    private HolepunchPayload Ask(HolepunchPayload theirs, bool isOwnRelay = true) =>
        _scene.Seal.Open(_punch.HandleRound(_scene.Seal.Seal(theirs), PunchScene.ClientAddress, isOwnRelay)!)!;
}

using RelayCluster.Dht.Hyper;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Hyper.Punching;

public sealed class ClientPunchTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly UdpEndPoint OurRelay = UdpEndPoint.Parse("7.7.7.1:7");
    private static readonly UdpEndPoint ServersRelay = UdpEndPoint.Parse("7.7.7.2:7");
    private static readonly UdpEndPoint ServerThere = UdpEndPoint.Parse("6.6.6.6:60");
    private static readonly UdpEndPoint Stranger = UdpEndPoint.Parse("8.8.8.8:8");
    private static readonly NatView Consistent = new(Firewall.Consistent, PunchScene.ClientAddress);
    private static readonly RelayInfo[] Relays =
        [new(OurRelay, PunchScene.ServerAddress), new(ServersRelay, ServerThere)];

    private readonly PunchScene _scene = new();

    [Fact]
    public async Task Run_TheServersProbeComesAtOnce_IsThere()
    {
        _scene.Answer = ours =>
        {
            _scene.Receive(Stranger);
            _scene.Receive(PunchScene.ServerAddress);
            return Consents(ours);
        };

        Assert.Equal(PunchScene.ServerAddress, await Punch().WaitAsync(Deadline));
        Assert.Equal(PunchScene.ServerAddress, _scene.Probes.First());
        (HolepunchPayload first, UdpEndPoint server, UdpEndPoint through) = _scene.Rounds[0];
        Assert.Equal((ServerThere, ServersRelay), (server, through));
        Assert.False(first.IsPunching);
        Assert.Equal(PunchScene.ServerAddress, first.RemoteAddress);
        Assert.Equal(Firewall.Consistent, first.Firewall);
        Assert.Equal([PunchScene.ClientAddress], first.Addresses);
    }

    [Fact]
    public async Task Run_BothPunch_ProbesUntilTheServersProbeComes()
    {
        _scene.Answer = Consents;
        Task<UdpEndPoint> punching = Punch();
        await _scene.RunUntilAsync(() => _scene.Probes.Count >= 3);
        _scene.Receive(Stranger);
        Assert.False(punching.IsCompleted);
        _scene.Receive(PunchScene.ServerAddress);

        Assert.Equal(PunchScene.ServerAddress, await punching.WaitAsync(Deadline));
        (HolepunchPayload second, UdpEndPoint server, UdpEndPoint through) = _scene.Rounds[1];
        Assert.Equal((PunchScene.ServerAddress, OurRelay), (server, through));
        Assert.True(second.IsPunching);
        Assert.Equal(1u, second.Round);
        Assert.Equal(_scene.Seal.Token(PunchScene.ClientAddress), second.RemoteToken);
        Assert.NotNull(second.Token);
        Assert.All(_scene.Probes, p => Assert.Equal(PunchScene.ServerAddress, p));
    }

    [Fact]
    public async Task Run_AServerWithRandomPorts_IsFoundByGuessing()
    {
        _scene.Answer = ours => Consents(ours) with
        {
            Firewall = Firewall.Random,
            Addresses = [new UdpEndPoint(PunchScene.ServerAddress.Address, 0)],
        };
        var open = new UdpEndPoint(PunchScene.ServerAddress.Address, 0);
        int probes = 0;
        _scene.OnProbe = to =>
        {
            // one of the ports that the server keeps open answers
            if (++probes == 100)
            {
                open = to;
                _scene.Receive(to);
            }
        };

        Task<UdpEndPoint> punching = Punch();
        await _scene.RunUntilAsync(() => punching.IsCompleted);

        Assert.Equal(open, await punching);
        Assert.NotEqual(PunchScene.ServerAddress, open);
    }

    [Fact]
    public async Task Run_AServerThatDoesNotKnowItsNatYet_IsAskedAgainAfterASecond()
    {
        _scene.Answer = ours =>
            _scene.Rounds.Count == 1 ? new HolepunchPayload { Firewall = Firewall.Unknown } : Consents(ours);
        Task<UdpEndPoint> punching = Punch();

        await _scene.RunUntilAsync(() => _scene.Rounds.Count == 3);
        Assert.Equal(TimeSpan.FromSeconds(1), _scene.Clock.Elapsed);
        _scene.Receive(PunchScene.ServerAddress);

        await punching.WaitAsync(Deadline);
    }

    [Theory]
    [InlineData("does not know its NAT")]
    [InlineData("refuses")]
    [InlineData("does not punch")]
    [InlineData("names no address")]
    [InlineData("never comes through")]
    public async Task Run_ThatCannotBe_IsAborted(string why)
    {
        _scene.Answer = ours => why switch
        {
            "does not know its NAT" => Consents(ours) with { Firewall = Firewall.Unknown },
            "refuses" => new HolepunchPayload { Error = HyperErrorCode.Aborted },
            "does not punch" => Consents(ours) with { IsPunching = false },
            "names no address" => Consents(ours) with { Addresses = null },
            _ => Consents(ours),
        };

        Task<UdpEndPoint> punching = Punch();
        await _scene.RunUntilAsync(() => punching.IsCompleted);

        DhtException e = await Assert.ThrowsAsync<DhtException>(() => punching);
        Assert.Equal(DhtError.HolepunchAborted, e.Error);
        _scene.Receive(PunchScene.ServerAddress); // nobody listens any more
    }

    [Theory]
    [InlineData(Firewall.Unknown)]
    [InlineData(Firewall.Random)]
    public async Task Run_BehindANatWithoutOnePort_IsNotTried(uint firewall)
    {
        DhtException e = await Assert.ThrowsAsync<DhtException>(
            () => Punch(new NatView(firewall, PunchScene.ClientAddress)).WaitAsync(Deadline));

        Assert.Equal(DhtError.CannotHolepunch, e.Error);
        Assert.Empty(_scene.Probes);
    }

    [Fact]
    public async Task Run_Cancelled_Ends()
    {
        _scene.Answer = Consents;
        using var cancelling = new CancellationTokenSource();
        Task<UdpEndPoint> punching = Punch(Consistent, cancelling.Token);

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => punching.WaitAsync(Deadline));
    }

    /// <summary>A server behind a NAT with one port, which wants to be punched to.</summary>
    private HolepunchPayload Consents(HolepunchPayload ours) => new()
    {
        Firewall = Firewall.Consistent,
        Round = ours.Round,
        IsPunching = ours.IsPunching,
        Addresses = [PunchScene.ServerAddress],
        Token = _scene.Seal.Token(PunchScene.ClientAddress),
        RemoteToken = ours.Token,
    };

    private Task<UdpEndPoint> Punch() => Punch(Consistent);

    private Task<UdpEndPoint> Punch(NatView nat, CancellationToken cancellationToken = default)
    {
        var reply = new HandshakeReply(
            default, OurRelay, IsRelayed: true, PunchScene.ServerAddress, PunchScene.ClientAddress);
        var offer = new HolepunchInfo(2, Relays);
        return new ClientPunch(_scene, _scene.Clock, nat, reply, offer, default, PunchScene.Secret)
            .RunAsync(cancellationToken);
    }
}

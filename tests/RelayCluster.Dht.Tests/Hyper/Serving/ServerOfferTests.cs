using RelayCluster.Dht.Hyper;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Hyper.Serving;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Hyper.Serving;

public sealed class ServerOfferTests
{
    private static readonly UdpEndPoint Open = UdpEndPoint.Parse("5.5.5.5:500");
    private static readonly UdpEndPoint Local = UdpEndPoint.Parse("192.168.1.5:500");
    private static readonly UdpEndPoint SeenAs = UdpEndPoint.Parse("6.6.6.6:600");
    private static readonly RelayInfo[] Relays =
        [.. Enumerable.Range(1, 3).Select(n => new RelayInfo(new UdpEndPoint(0x07000000u + (uint)n, 700), SeenAs))];

    private readonly Questions _questions = new();

    [Fact]
    public void Open_SaysWhere()
    {
        NoisePayload offer = Create(_questions.Relayed(), Open);

        Assert.Equal(Firewall.Open, offer.Firewall);
        Assert.Null(offer.Holepunch);
        Assert.Equal([Open, Local], offer.Addresses4);
        Assert.Equal([Open, Relays[0].RelayAddress, Relays[1].RelayAddress], offer.RelayAddresses);
    }

    [Fact]
    public void NotKnownToBeOpen_LetsTheClientUseTheAddressThatTheRelaySees()
    {
        NoisePayload offer = Create(_questions.Relayed(), open: null);

        Assert.Equal(Firewall.Unknown, offer.Firewall);
        Assert.Null(offer.Holepunch);
        Assert.Equal([Local], offer.Addresses4);
        Assert.Equal(Relays.Select(r => r.RelayAddress), offer.RelayAddresses);
        Assert.Equal(new UdxInfo(5, 0, IsSocketReusable: false), offer.Udx);
        Assert.Equal(1UL, offer.SecretStreamVersion);
    }

    [Fact]
    public void BehindTheClientsNat_LetsItTryTheirOwnNetwork()
    {
        NoisePayload offer = Create(_questions.Relayed("6.6.6.6:1", "6.6.6.6:600"), open: null);

        Assert.Equal(Relays, offer.Holepunch!.Relays);
    }

    [Fact]
    public void BehindANatThatGivesOnePublicPort_NamesTheRelaysToPunchThrough()
    {
        NatView nat = new(Firewall.Consistent, SeenAs);

        HolepunchInfo? offer = Create(_questions.Relayed(), open: null, nat).Holepunch;

        Assert.Equal(9u, offer!.Id);
        Assert.Equal(Relays, offer.Relays);
        Assert.Null(Create(_questions.Relayed(), Open, nat).Holepunch);
        Assert.Null(Create(_questions.Direct("6.6.6.6:1"), open: null, nat).Holepunch);
        Assert.Null(Create(_questions.Relayed(), open: null, nat with { Firewall = Firewall.Random }).Holepunch);
        Assert.Null(Create(_questions.Relayed(), open: null, nat with { Address = Local }).Holepunch);
    }

    [Fact]
    public void OnTheClientsMachine_NeedsNoDetour()
    {
        Assert.Null(Create(_questions.Relayed("127.0.0.1:1", "127.0.0.1:600"), open: null).Holepunch);
        Assert.Null(Create(_questions.Direct("6.6.6.6:1"), open: null).Holepunch);
    }

    [Fact]
    public void AnnouncedNowhere_NamesNoRelays()
    {
        NoisePayload offer = ServerOffer.Create(_questions.Relayed(), 0, 5, 1, default, null, [], []);

        Assert.Null(offer.RelayAddresses);
        Assert.Empty(offer.Addresses4);
    }

    [Fact]
    public void Check_TellsWhatAClientLacks()
    {
        var udx = new UdxInfo(1, 0, IsSocketReusable: false);
        Assert.Equal(HyperErrorCode.None, ServerOffer.Check(new NoisePayload { Udx = udx }));
        Assert.Equal(HyperErrorCode.Aborted, ServerOffer.Check(new NoisePayload()));
        Assert.Equal(
            HyperErrorCode.Aborted,
            ServerOffer.Check(new NoisePayload { Udx = udx with { Id = 1UL << 32 } }));
        Assert.Equal(HyperErrorCode.VersionMismatch, ServerOffer.Check(new NoisePayload { Version = 2 }));
    }

    private static NoisePayload Create(HandshakeQuestion question, UdpEndPoint? open, NatView nat = default) =>
        ServerOffer.Create(question, HyperErrorCode.None, streamId: 5, punchId: 9, nat, open, [Local], Relays);
}

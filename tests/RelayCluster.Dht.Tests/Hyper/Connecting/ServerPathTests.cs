using RelayCluster.Dht.Hyper;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Hyper.Connecting;

public sealed class ServerPathTests
{
    private static readonly UdpEndPoint Relay = UdpEndPoint.Parse("5.5.5.5:5");
    private static readonly UdpEndPoint Server = UdpEndPoint.Parse("6.6.6.6:6");
    private static readonly UdpEndPoint OurPublic = UdpEndPoint.Parse("7.7.7.7:7");
    private static readonly UdpEndPoint[] OurLocal = [UdpEndPoint.Parse("192.168.1.7:70")];
    private static readonly HolepunchInfo Punchable = new(0, [new RelayInfo(Relay, Server)]);

    [Fact]
    public void To_ServerAnsweredItself_IsWhereItWasAsked()
    {
        ServerPath path = ServerPath.To(
            Answer(new NoisePayload { Holepunch = Punchable }, isRelayed: false), isOpen: true, OurLocal);

        AssertPath(path, ServerPathKind.Direct, Relay);
    }

    [Fact]
    public void To_OpenServer_IsItsFirstPublicAddress()
    {
        var payload = new NoisePayload
        {
            Firewall = Firewall.Open,
            Addresses4 = [UdpEndPoint.Parse("10.0.0.1:1"), UdpEndPoint.Parse("8.8.8.8:8")],
        };

        ServerPath path = ServerPath.To(Answer(payload), isOpen: false, OurLocal);

        AssertPath(path, ServerPathKind.Direct, UdpEndPoint.Parse("8.8.8.8:8"));
    }

    [Theory]
    [InlineData(Firewall.Open)]
    [InlineData(Firewall.Unknown)]
    public void To_ServerWithoutHolepunchingOrPublicAddress_IsWhereTheRelaySawIt(uint firewall)
    {
        var payload = new NoisePayload { Firewall = firewall, Addresses4 = [UdpEndPoint.Parse("127.0.0.1:1")] };

        ServerPath path = ServerPath.To(Answer(payload), isOpen: false, OurLocal);

        AssertPath(path, ServerPathKind.Direct, Server);
    }

    [Fact]
    public void To_FirewalledServerWhileWeAreOpen_IsThatItCalls()
    {
        ServerPath path = ServerPath.To(Answer(new NoisePayload { Holepunch = Punchable }), isOpen: true, OurLocal);

        Assert.Equal(ServerPathKind.ServerCalls, path.Kind);
    }

    [Fact]
    public void To_FirewalledServerBehindOurAddress_IsTheNearestOfItsLocalAddresses()
    {
        var payload = new NoisePayload
        {
            Holepunch = Punchable,
            Addresses4 =
            [
                UdpEndPoint.Parse("203.0.113.9:1"),
                UdpEndPoint.Parse("10.0.0.2:2"),
                UdpEndPoint.Parse("192.168.1.9:3"),
            ],
        };

        ServerPath path = ServerPath.To(Answer(payload, client: Server), isOpen: false, OurLocal);

        AssertPath(path, ServerPathKind.Probe, UdpEndPoint.Parse("192.168.1.9:3"), Server);
    }

    [Fact]
    public void To_ServerOnThisMachine_IsItsLoopbackAddress()
    {
        UdpEndPoint loopback = UdpEndPoint.Parse("127.0.0.1:3");
        var payload = new NoisePayload { Holepunch = Punchable, Addresses4 = [loopback] };

        foreach (UdpEndPoint[] ours in new[] { [UdpEndPoint.Parse("127.0.0.1:9")], OurLocal })
        {
            ServerPath path = ServerPath.To(Answer(payload, client: Server), isOpen: false, ours);
            AssertPath(path, ServerPathKind.Probe, loopback, Server);
        }
    }

    [Fact]
    public void To_FirewalledServerElsewhere_IsWhereTheRelaySawItIfItAnswersThere()
    {
        var payload = new NoisePayload { Holepunch = Punchable, Addresses4 = [UdpEndPoint.Parse("192.168.1.9:3")] };

        AssertPath(ServerPath.To(Answer(payload), isOpen: false, OurLocal), ServerPathKind.Probe, Server);
        AssertPath(
            ServerPath.To(Answer(payload, client: Server), isOpen: false, []), ServerPathKind.Probe, Server);
    }

    [Fact]
    public void Match_NothingInCommon_IsNull()
    {
        Assert.Null(LocalAddresses.Match(OurLocal, [UdpEndPoint.Parse("10.0.0.1:1")]));
        Assert.Null(LocalAddresses.Match(OurLocal, []));
    }

    [Theory]
    [InlineData("10.1.2.3", true, false)]
    [InlineData("100.64.0.1", true, false)]
    [InlineData("100.128.0.1", false, false)]
    [InlineData("127.0.0.1", true, false)]
    [InlineData("169.254.3.4", true, false)]
    [InlineData("172.31.255.255", true, false)]
    [InlineData("172.32.0.0", false, false)]
    [InlineData("192.168.0.1", true, false)]
    [InlineData("0.0.0.0", false, true)]
    [InlineData("192.0.2.1", false, true)]
    [InlineData("198.19.0.1", false, true)]
    [InlineData("203.0.113.1", false, true)]
    [InlineData("224.0.0.1", false, true)]
    [InlineData("255.255.255.255", false, true)]
    [InlineData("8.8.8.8", false, false)]
    public void AddressRanges_AreThoseOfTheReference(string address, bool isPrivate, bool isReserved)
    {
        UdpEndPoint endPoint = UdpEndPoint.Parse($"{address}:1");

        Assert.Equal(isPrivate, AddressRanges.IsPrivate(endPoint));
        Assert.Equal(isReserved, AddressRanges.IsReserved(endPoint));
        Assert.Equal(isPrivate || isReserved, AddressRanges.IsBogon(endPoint));
    }

    private static void AssertPath(ServerPath path, ServerPathKind kind, params UdpEndPoint[] endPoints)
    {
        Assert.Equal(kind, path.Kind);
        Assert.Equal(endPoints, path.EndPoints);
    }

    private static ServerAnswer Answer(NoisePayload payload, bool isRelayed = true, UdpEndPoint? client = null) =>
        new(
            new HandshakeReply(default, Relay, isRelayed, isRelayed ? Server : Relay, client ?? OurPublic),
            payload,
            null!);
}

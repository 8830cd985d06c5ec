using System.Net;
using FsCheck;
using FsCheck.Fluent;
using RelayCluster.Actors.TestKit;
using RelayCluster.Relay.Policy;
using RelayCluster.Relay.Tests.Scenarios;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Policy;

public sealed class LimitingPolicyTests
{
    private static readonly Fixed32 Someone = FakeNode.Key(1);
    private static readonly Fixed32 Another = FakeNode.Key(2);

    private readonly PolicyOptions _options = new();
    private readonly VirtualClock _clock = new();

    [Fact]
    public void Defaults_RefuseNothing()
    {
        using ISessionPolicy session = Admit("203.0.113.7");

        Assert.Null(session.Greet(Someone));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Null(session.Connect(Someone, Another)));
        Assert.Null(session.Listen(Someone));
        Assert.Null(session.Knock(Someone, Another));
        Assert.Null(session.Accept(Someone, Another));
        Assert.Null(session.Query(QueryKind.Announce, Someone, Another));
        Assert.Equal(TimeSpan.Zero, session.Carried(int.MaxValue));
    }

    [Theory]
    [InlineData("203.0.113.0/24", "", "203.0.113.7", true)]
    [InlineData("203.0.113.0/24", "", "203.0.114.7", false)]
    [InlineData("", "203.0.113.0/24", "203.0.113.7", false)]
    [InlineData("", "203.0.113.0/24", "203.0.114.7", true)]
    [InlineData("203.0.113.0/24", "203.0.113.7/32", "203.0.113.7", false)]
    [InlineData("203.0.113.0/24", "203.0.113.7/32", "203.0.113.8", true)]
    [InlineData("203.0.113.0/24", "", "::ffff:203.0.113.7", true)]
    [InlineData("", "203.0.113.0/24", "::ffff:203.0.113.7", false)]
    [InlineData("2001:db8::/32", "", "2001:db8::1", true)]
    [InlineData("2001:db8::/32", "", "203.0.113.7", false)]
    [InlineData("203.0.113.0/24", "", null, false)]
    [InlineData("", "203.0.113.0/24", null, true)]
    public void Addresses_AreLetInByTheLists(string allow, string deny, string? address, bool isAdmitted)
    {
        _options.Addresses.Allow = Networks(allow);
        _options.Addresses.Deny = Networks(deny);

        PolicyAdmission admission = Ask(new LimitingPolicy(_options, _clock), address);

        Assert.Equal(isAdmitted, admission.IsAdmitted);
        Assert.Equal(isAdmitted ? null : "denied_address", admission.Refusal?.Reason);
        admission.Session?.Dispose();
    }

    [Fact]
    public void Clients_AreLetInByTheirKeys()
    {
        _options.Clients.Deny = [Someone];
        using ISessionPolicy session = Admit("203.0.113.7");

        Assert.Equal("denied_client", session.Greet(Someone)?.Reason);
        Assert.Equal("denied_client", session.Connect(Someone, Another)?.Reason);
        Assert.Equal("denied_client", session.Query(QueryKind.Announce, Someone, Another)?.Reason);
        Assert.Equal("denied_client", session.Query(QueryKind.Unannounce, Someone, Another)?.Reason);
        Assert.Null(session.Query(QueryKind.Lookup, null, Someone));
        Assert.Null(session.Listen(Someone));
        Assert.Null(session.Greet(Another));
        Assert.Null(session.Connect(Another, Someone));
    }

    [Fact]
    public void Servers_AreLetInByTheirKeys()
    {
        _options.Servers.Allow = [Someone];
        using ISessionPolicy session = Admit("203.0.113.7");

        Assert.Null(session.Listen(Someone));
        Assert.Equal("denied_server", session.Listen(Another)?.Reason);
        Assert.Null(session.Connect(Another, Another));
    }

    [Fact]
    public void Remotes_AreLetInByTheirKeys_EitherWay()
    {
        _options.Remotes.Allow = [Someone, Another];
        _options.Remotes.Deny = [Another];
        using ISessionPolicy session = Admit("203.0.113.7");

        Assert.Null(session.Connect(Another, Someone));
        Assert.Equal("denied_remote", session.Connect(Someone, Another)?.Reason);
        Assert.Null(session.Knock(Another, Someone));
        Assert.Equal("denied_remote", session.Knock(Someone, Another)?.Reason);
        Assert.Equal("denied_remote", session.Accept(Someone, Another)?.Reason);
    }

    [Fact]
    public void WhatIsRefused_CountsNowhere()
    {
        _options.Address.Streams = 2;
        _options.Node.Streams = 1;
        var policy = new LimitingPolicy(_options, _clock);
        using ISessionPolicy one = Ask(policy, "203.0.113.7").Session!;
        using ISessionPolicy other = Ask(policy, "203.0.113.8").Session!;
        Assert.Null(one.Connect(Someone, Another));

        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("node_streams", other.Connect(Someone, Another)?.Reason);
        }

        one.Ended(PolicyResource.Stream);
        Assert.Null(other.Connect(Someone, Another));
    }

    [Fact]
    public void Dispose_GivesBackWhatTheSessionHad()
    {
        _options.Address.Sessions = 1;
        _options.Node.Servers = 1;
        _options.Node.Queries = 1;
        var policy = new LimitingPolicy(_options, _clock);
        ISessionPolicy session = Ask(policy, "203.0.113.7").Session!;
        Assert.Null(session.Listen(Someone));
        Assert.Null(session.Query(QueryKind.Lookup, null, Someone));
        Assert.Equal("address_sessions", Ask(policy, "203.0.113.7").Refusal?.Reason);

        session.Dispose();
        session.Dispose();

        using ISessionPolicy next = Ask(policy, "203.0.113.7").Session!;
        Assert.Null(next.Listen(Someone));
        Assert.Equal("node_servers", next.Listen(Someone)?.Reason);
        Assert.Null(next.Query(QueryKind.Lookup, null, Someone));
        Assert.Equal("node_queries", next.Query(QueryKind.Lookup, null, Someone)?.Reason);
    }

    [Fact]
    public void Opens_AreCountedTogether_AndOutliveTheSession()
    {
        _options.Address.OpensPerSecond = 3;
        var policy = new LimitingPolicy(_options, _clock);
        using (ISessionPolicy session = Ask(policy, "203.0.113.7").Session!)
        {
            Assert.Null(session.Connect(Someone, Another));
            Assert.Null(session.Listen(Someone));
            Assert.Equal("address_opens", session.Query(QueryKind.Lookup, null, Someone)?.Reason);
            Assert.Null(session.Accept(Someone, Another));
        }

        Assert.Equal("address_opens", Ask(policy, "203.0.113.7").Refusal?.Reason);
        _clock.Advance(TimeSpan.FromSeconds(1.0 / 3));
        _clock.Advance(TimeSpan.FromTicks(1));
        using ISessionPolicy next = Ask(policy, "203.0.113.7").Session!;
        Assert.NotNull(next);
    }

    [Fact]
    public void Carried_TheSlowestRateHolds()
    {
        _options.Session.BytesPerSecond = 1000;
        _options.Address.BytesPerSecond = 1500;
        _options.Node.BytesPerSecond = 1_000_000;
        var policy = new LimitingPolicy(_options, _clock);
        using ISessionPolicy one = Ask(policy, "203.0.113.7").Session!;
        using ISessionPolicy other = Ask(policy, "203.0.113.7").Session!;

        Assert.Equal(TimeSpan.Zero, one.Carried(1000));
        Assert.Equal(TimeSpan.FromSeconds(1), one.Carried(1000));
        Assert.Equal(TimeSpan.FromSeconds(1), other.Carried(1000));
    }

    [Theory]
    [InlineData(-1, 64)]
    [InlineData(0, 0)]
    [InlineData(0, 129)]
    public void Constructor_OutOfRange_Throws(int bytes, int prefix)
    {
        _options.Address.BytesPerSecond = bytes;
        _options.Address.IPv6PrefixBits = prefix;

        Assert.Throws<ArgumentException>(() => new LimitingPolicy(_options, _clock));
    }

    /// <summary>Whatever sessions do, in whatever order, no holder has more than it may, and in the end none has any.</summary>
    [Fact]
    public void Nobody_ever_has_more_than_he_may() =>
        Prop.ForAll(
            Gen.Choose(0, 3).Zip(Gen.Choose(0, 4)).ListOf().ToArbitrary(),
            static steps =>
            {
                var options = new PolicyOptions();
                options.Address.Streams = 3;
                options.Node.Streams = 5;
                var policy = new LimitingPolicy(options, new VirtualClock());
                string[] addresses = ["203.0.113.1", "203.0.113.1", "203.0.113.2", "203.0.113.3"];
                ISessionPolicy[] sessions = [.. addresses.Select(address => Ask(policy, address).Session!)];
                int[] held = new int[sessions.Length];
                foreach ((int i, int action) in steps)
                {
                    if (action == 0 && held[i] > 0)
                    {
                        sessions[i].Ended(PolicyResource.Stream);
                        held[i]--;
                    }
                    else if (action > 0)
                    {
                        int ofAddress = i < 2 ? held[0] + held[1] : held[i];
                        bool may = ofAddress < 3 && held.Sum() < 5;
                        Assert.Equal(may, sessions[i].Connect(Someone, Another) is null);
                        held[i] += may ? 1 : 0;
                    }
                }

                Assert.All(sessions, static session => session.Dispose());
                using ISessionPolicy last = Ask(policy, "203.0.113.9").Session!;
                Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => last.Connect(Someone, Another) is null));
                return true;
            }).QuickCheckThrowOnFailure();

    private static PolicyAdmission Ask(LimitingPolicy policy, string? address)
    {
        IPEndPoint? endPoint = address is null ? null : new IPEndPoint(IPAddress.Parse(address), 50_000);
        Task<PolicyAdmission> admission =
            policy.AdmitAsync("1", new ClientOrigin(endPoint, ClientTransport.WebSocket)).AsTask();
        Assert.True(admission.IsCompletedSuccessfully);
        return admission.Result;
    }

    private static IPNetwork[] Networks(string text) => text.Length == 0 ? [] : [IPNetwork.Parse(text)];

    private ISessionPolicy Admit(string address) => Ask(new LimitingPolicy(_options, _clock), address).Session!;
}

using RelayCluster.Dht.Rpc.Nat;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Rpc.Nat;

public class MembershipTests
{
    private static readonly UdpEndPoint AnyAddress = UdpEndPoint.Parse("0.0.0.0:40001");
    private static readonly UdpEndPoint Home = UdpEndPoint.Parse("203.0.113.9:40001");
    private static readonly UdpEndPoint Translated = UdpEndPoint.Parse("203.0.113.9:50000");

    [Fact]
    public void A_member_bound_to_one_address_is_one_at_once()
    {
        var membership = new Membership(wantsEphemeral: false, isFirewalled: false, Home);

        Assert.True(membership.TryJoin(TimeSpan.Zero));
        Assert.Equal(Home, membership.MemberAddress);
        Assert.Equal(Home, membership.RemoteAddress);
        Assert.False(membership.TryJoin(TimeSpan.Zero));
    }

    [Fact]
    public void A_member_bound_to_all_addresses_waits_for_a_witness()
    {
        var membership = new Membership(wantsEphemeral: false, isFirewalled: false, AnyAddress);
        Assert.False(membership.TryJoin(TimeSpan.Zero));

        Assert.True(membership.HandleWitness(TimeSpan.Zero, Home));

        Assert.True(membership.TryJoin(TimeSpan.Zero));
        Assert.Equal(Home, membership.MemberAddress);
    }

    [Fact]
    public void A_member_moves_when_others_agree_on_another_address()
    {
        var behindNat = UdpEndPoint.Parse("10.0.0.1:40001");
        var membership = new Membership(wantsEphemeral: false, isFirewalled: false, behindNat);
        membership.TryJoin(TimeSpan.Zero);

        for (int i = 0; i < 5; i++)
        {
            membership.HandleWitness(TimeSpan.Zero, Home);
        }

        Assert.True(membership.TryJoin(TimeSpan.Zero));
        Assert.Equal(Home, membership.MemberAddress);
    }

    [Fact]
    public void An_ephemeral_node_stays_one()
    {
        var membership = new Membership(wantsEphemeral: true, isFirewalled: false, Home);
        membership.HandleWitness(TimeSpan.Zero, Home);

        Assert.False(membership.TryJoin(TimeSpan.FromDays(1)));
        Assert.True(membership.IsEphemeral);
        Assert.Equal(Home, membership.RemoteAddress);
        Assert.Equal(NatKind.Open, membership.Kind);
    }

    [Fact]
    public void An_adaptive_node_joins_after_twenty_minutes_at_one_address()
    {
        var membership = new Membership(wantsEphemeral: null, isFirewalled: false, AnyAddress);
        membership.HandleWitness(TimeSpan.FromMinutes(1), Home);

        Assert.False(membership.TryJoin(TimeSpan.FromMinutes(20)));
        Assert.True(membership.TryJoin(TimeSpan.FromMinutes(21)));
    }

    [Fact]
    public void An_adaptive_node_that_slept_begins_anew()
    {
        var membership = new Membership(wantsEphemeral: null, isFirewalled: false, AnyAddress);
        membership.HandleWitness(TimeSpan.Zero, Home);
        membership.TryJoin(TimeSpan.FromMinutes(20));

        Assert.True(membership.HandleWakeUp(TimeSpan.FromHours(9)));

        Assert.True(membership.IsEphemeral);
        Assert.False(membership.TryJoin(TimeSpan.FromHours(9)));
    }

    [Fact]
    public void A_firewalled_node_never_joins_and_has_no_remote_address()
    {
        var membership = new Membership(wantsEphemeral: null, isFirewalled: true, AnyAddress);
        membership.HandleWitness(TimeSpan.Zero, Home);

        Assert.False(membership.TryJoin(TimeSpan.FromDays(1)));
        Assert.Null(membership.RemoteAddress);
        Assert.Equal(NatKind.Consistent, membership.Kind);
        Assert.Throws<ArgumentException>(() => new Membership(wantsEphemeral: false, isFirewalled: true, Home));
    }

    [Fact]
    public void A_translated_port_is_no_remote_address()
    {
        var membership = new Membership(wantsEphemeral: true, isFirewalled: false, AnyAddress);
        membership.HandleWitness(TimeSpan.Zero, Translated);

        Assert.Null(membership.RemoteAddress);
    }
}

using RelayCluster.Cluster.Membership;

namespace RelayCluster.Cluster.Tests.Membership;

public sealed class MembershipTableTests
{
    private readonly MembershipTable _table = new();

    [Fact]
    public void A_node_that_is_heard_of_is_there_and_its_changes_of_state_are_told_once()
    {
        Hear(0, "a", MemberState.Joining);
        Hear(1, "a", MemberState.Joining);
        Hear(2, "a", MemberState.Up);

        Assert.Equal([(null, MemberState.Joining), (MemberState.Joining, MemberState.Up)], Changes());
    }

    [Fact]
    public void A_node_that_is_late_is_suspected_once_and_cleared_by_its_next_status()
    {
        Hear(0, "a", MemberState.Up);
        Changes();

        Pass(1.4);
        Assert.False(_table.TryReadSuspect(out _));
        Pass(1.5);
        Assert.True(_table.TryReadSuspect(out string? suspect));
        Assert.Equal("a", suspect);
        Pass(2);
        Assert.False(_table.TryReadSuspect(out _));
        Hear(2, "a", MemberState.Up);
        Assert.Equal(Seconds(3.5), _table.NextTimeout);
        Assert.Empty(Changes());
    }

    [Fact]
    public void A_node_that_is_silent_is_down_within_five_seconds_of_its_death()
    {
        Hear(0, "a", MemberState.Draining);
        Changes();

        Pass(3.9);
        Assert.Empty(Changes());
        Pass(4);

        Assert.Equal([(MemberState.Draining, MemberState.Down)], Changes());
    }

    [Fact]
    public void A_node_that_is_known_to_be_gone_is_down_at_once_and_up_again_by_a_newer_status()
    {
        Hear(0, "a", MemberState.Up, number: 7);
        _table.HandleGone(Seconds(1), "a");
        Hear(1.1, "a", MemberState.Up, number: 7);
        Assert.Equal([(null, MemberState.Up), (MemberState.Up, MemberState.Down)], Changes());

        Hear(2, "a", MemberState.Up, number: 8);

        Assert.Equal([(MemberState.Down, MemberState.Up)], Changes());
    }

    [Fact]
    public void A_node_that_says_good_bye_is_down_and_what_was_overtaken_does_not_wake_it()
    {
        Hear(0, "a", MemberState.Up, number: 1);
        Hear(1, "a", MemberState.Down, number: 3);
        Hear(1.1, "a", MemberState.Up, number: 2);

        Assert.Equal([(null, MemberState.Up), (MemberState.Up, MemberState.Down)], Changes());
    }

    [Fact]
    public void A_node_that_was_started_anew_before_it_was_missed_is_told_as_gone_and_then_as_new()
    {
        Hear(0, "a", MemberState.Up, "first", number: 50);
        Hear(1, "a", MemberState.Joining, "second", number: 1);

        Assert.Equal(
            [(null, MemberState.Up), (MemberState.Up, MemberState.Down), (null, MemberState.Joining)], Changes());
        Assert.Equal("second", Assert.Single(_table.Sightings).Status.Instance);
    }

    [Fact]
    public void A_good_bye_of_a_stranger_is_no_news()
    {
        Hear(0, "a", MemberState.Down);

        Assert.Empty(Changes());
        Assert.Empty(_table.Sightings);
        Assert.Null(_table.NextTimeout);
    }

    [Fact]
    public void A_node_that_is_down_is_shown_for_a_while_and_then_forgotten()
    {
        Hear(0, "a", MemberState.Up);
        Pass(4);
        TimeSpan end = Seconds(4) + MembershipTimes.ForgetAfter;
        Assert.Equal(end, _table.NextTimeout);

        _table.HandleTimeout(end - Seconds(1));
        Assert.Equal(MemberState.Down, Assert.Single(_table.Sightings).State);
        _table.HandleTimeout(end);

        Assert.Empty(_table.Sightings);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Hear(double at, string name, MemberState state, string instance = "one", long? number = null) =>
        _table.HandleStatus(Seconds(at), new NodeStatus
        {
            Name = name,
            Instance = instance,
            Number = number ?? (long)(at * 10) + 1,
            State = state,
        });

    private void Pass(double until) => _table.HandleTimeout(Seconds(until));

    private List<(MemberState? Before, MemberState Now)> Changes()
    {
        var changes = new List<(MemberState?, MemberState)>();
        while (_table.TryReadChange(out SightingChange change))
        {
            changes.Add((change.Before?.State, change.Now.State));
        }

        return changes;
    }
}

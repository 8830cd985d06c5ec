using RelayCluster.Cluster.Membership;

namespace RelayCluster.Cluster.Tests.Membership;

/// <summary>Who is in the fleet, through all that may happen to it; on virtual time.</summary>
public sealed class FleetTests
{
    [Fact]
    public async Task Nodes_know_each_other_as_soon_as_they_have_joined()
    {
        await using var scene = new FleetScene();
        await scene.StartAsync("a");
        await scene.StartAsync("b");

        await scene["b"].UpdateAsync(status => status with { State = MemberState.Up }, default);

        Assert.Equal(MemberState.Up, scene.View("a")["b"]);
        Assert.Equal(MemberState.Joining, scene.View("b")["a"]);
        Assert.Equal([("b", MemberState.Joining), ("b", MemberState.Up)], scene.Seen["a"]);
        Assert.True(scene["a"].Find("a")!.IsSelf);
        Assert.False(scene["a"].Find("b")!.IsSelf);
    }

    [Fact]
    public async Task The_numbers_of_a_node_are_known_a_second_later()
    {
        await using FleetScene scene = await FleetScene.OfAsync("a", "b");
        var load = new NodeLoad { Sessions = 7, BytesPerSecond = 1e6, Load = 0.5 };
        scene["b"].Measure(() => load);

        scene.Pass(1);

        Assert.Equal(load, scene["a"].Find("b")!.Status.Load);
        Assert.Equal(scene.Clock.GetUtcNow(), scene["a"].Find("b")!.LastHeard);
        Assert.Empty(scene.Seen["a"]);
    }

    [Fact]
    public async Task A_node_that_is_killed_is_down_within_two_seconds_for_all_others()
    {
        await using FleetScene scene = await FleetScene.OfAsync("a", "b", "c");

        scene.Hub.Kill("c");
        scene.Pass(2);

        Assert.All(["a", "b"], node => Assert.Equal(MemberState.Down, scene.View(node)["c"]));
        Assert.All(["a", "b"], node => Assert.Equal([("c", MemberState.Down)], scene.Seen[node]));
    }

    [Fact]
    public async Task A_node_that_is_not_heard_of_is_down_within_five_seconds_and_up_when_it_is_heard_again()
    {
        await using FleetScene scene = await FleetScene.OfAsync("a", "b", "c");

        scene.Hub.Cut("a", "c");
        scene.Pass(5);
        Assert.Equal(MemberState.Down, scene.View("a")["c"]);
        Assert.Equal(MemberState.Up, scene.View("b")["c"]);
        scene.Hub.Mend("a", "c");
        scene.Pass(1);

        Assert.Equal(MemberState.Up, scene.View("a")["c"]);
        Assert.Equal([("c", MemberState.Down), ("c", MemberState.Up)], scene.Seen["a"]);
    }

    [Fact]
    public async Task A_node_that_leaves_is_down_at_once()
    {
        await using FleetScene scene = await FleetScene.OfAsync("a", "b");

        await scene.LeaveAsync("b");

        Assert.Equal(MemberState.Down, scene.View("a")["b"]);
    }

    [Fact]
    public async Task A_node_that_is_drained_says_so()
    {
        await using FleetScene scene = await FleetScene.OfAsync("a", "b");

        await scene["b"].UpdateAsync(status => status with { State = MemberState.Draining }, default);

        Assert.Equal([("b", MemberState.Draining)], scene.Seen["a"]);
    }

    [Fact]
    public async Task A_node_that_was_killed_and_started_again_at_once_is_seen_as_gone_in_between()
    {
        await using FleetScene scene = await FleetScene.OfAsync("a", "b");

        scene.Hub.Kill("b");
        await scene.StartAsync("b");

        Assert.Equal([("b", MemberState.Down), ("b", MemberState.Joining)], scene.Seen["a"]);
    }

    [Fact]
    public async Task While_the_engine_is_away_all_others_are_down_and_they_return_with_it()
    {
        await using FleetScene scene = await FleetScene.OfAsync("a", "b", "c");

        scene.Hub.Stop();
        scene.Pass(20);
        Assert.Equal([MemberState.Up, MemberState.Down, MemberState.Down], scene.View("a").Values);
        scene.Hub.Restart();
        scene.Pass(1);

        Assert.All(
            ["a", "b", "c"],
            node => Assert.All(scene.View(node).Values, state => Assert.Equal(MemberState.Up, state)));
    }

    [Fact]
    public async Task Who_waits_for_a_node_is_told_when_it_is_there()
    {
        await using FleetScene scene = await FleetScene.OfAsync("a");
        Task<bool> coming = WaitAsync(members => members.Any(member => member.Name == "b"));
        using var given = new CancellationTokenSource();
        Task never = scene["a"].WaitUntilAsync(_ => false, given.Token);
        Assert.False(coming.IsCompleted);

        await scene.StartAsync("b");
        await given.CancelAsync();

        Assert.True(await coming);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);

        async Task<bool> WaitAsync(Func<IReadOnlyList<Member>, bool> condition)
        {
            await scene["a"].WaitUntilAsync(condition).WaitAsync(TimeSpan.FromSeconds(10));
            return true;
        }
    }
}

using RelayCluster.Cluster.Placement;

namespace RelayCluster.Cluster.Tests.Placement;

public sealed class PlacementRulesTests
{
    private const double Margin = 0.10;

    [Theory]
    [InlineData(PlacementMode.Local)]
    [InlineData(PlacementMode.Sharded)]
    [InlineData(PlacementMode.Balanced)]
    public void Where_nobody_else_takes_sessions_all_stay(PlacementMode mode)
    {
        Assert.True(PlacementRules.StaysHere(mode, Margin, Load("a", 100, 100), []));
        Assert.True(PlacementRules.StaysHere(mode, Margin, self: null, []));
    }

    [Theory]
    [InlineData(PlacementMode.Local)]
    [InlineData(PlacementMode.Sharded)]
    [InlineData(PlacementMode.Balanced)]
    public void A_node_that_takes_none_hands_them_on(PlacementMode mode) =>
        Assert.False(PlacementRules.StaysHere(mode, Margin, self: null, [Load("b", 10, 100)]));

    [Fact]
    public void Local_sessions_stay_whatever_the_load() =>
        Assert.True(PlacementRules.StaysHere(PlacementMode.Local, Margin, Load("a", 100, 100), [Load("b", 0, 100)]));

    [Fact]
    public void Sharded_sessions_are_asked_about_whatever_the_load() =>
        Assert.False(PlacementRules.StaysHere(PlacementMode.Sharded, Margin, Load("a", 0, 100), [Load("b", 9, 100)]));

    [Theory]
    [InlineData(40, 20, true)] // the mean is 30 %, and 10 % above it is still well
    [InlineData(41, 20, false)]
    [InlineData(20, 80, true)]
    [InlineData(100, 99, false)] // full
    public void Balanced_sessions_stay_unless_the_node_is_fuller_than_the_fleet_by_the_margin(
        int here,
        int there,
        bool stays) => Assert.Equal(
            stays,
            PlacementRules.StaysHere(PlacementMode.Balanced, Margin, Load("a", here, 100), [Load("b", there, 100)]));

    [Fact]
    public void Balance_is_in_relation_to_what_nodes_can_take() =>
        Assert.True(
            PlacementRules.StaysHere(PlacementMode.Balanced, Margin, Load("a", 100, 1000), [Load("b", 10, 100)]));

    [Theory]
    [InlineData(0, true)]
    [InlineData(20, true)] // the even share is 60 of 300, 20 for each
    [InlineData(21, false)]
    public void An_owner_takes_a_session_up_to_its_share(int sessions, bool isWithin)
    {
        double even = PlacementRules.GetEvenShare([Load("a", 20, 100), Load("b", 20, 100), Load("c", 19, 100)], more: 1);

        Assert.Equal(isWithin, PlacementRules.IsWithin(even, Load("a", sessions, 100)));
    }

    [Fact]
    public void The_share_is_that_of_all_which_are_being_placed() =>
        Assert.Equal(0.5, PlacementRules.GetEvenShare([Load("a", 20, 100), Load("b", 20, 100)], more: 60));

    [Fact]
    public void A_full_owner_takes_none() =>
        Assert.False(PlacementRules.IsWithin(evenShare: 2, Load("a", 100, 100)));

    [Fact]
    public void The_emptiest_is_so_in_relation_to_what_it_can_take()
    {
        Assert.Equal(
            "b", PlacementRules.FindEmptiest([Load("a", 50, 100), Load("b", 100, 1000), Load("c", 20, 100)]));
        Assert.Null(PlacementRules.FindEmptiest([Load("a", 100, 100)]));
        Assert.Null(PlacementRules.FindEmptiest([]));
    }

    /// <summary>The rules as placement plays them, with owners drawn at random, in proportion to capacity.</summary>
    [Theory]
    [InlineData(300, 1000, 1000, 1000)]
    [InlineData(300, 3000, 2000, 1000)]
    [InlineData(3000, 1000, 1000, 1000)]
    public void Sessions_spread_within_a_tenth_of_even(int count, params int[] capacities)
    {
        for (int seed = 0; seed < 50; seed++)
        {
            int[] sessions = Spread(new Random(seed), count, capacities);

            for (int i = 0; i < capacities.Length; i++)
            {
                double even = (double)count * capacities[i] / capacities.Sum();
                Assert.InRange(sessions[i], 0.9 * even, 1.1 * even);
            }
        }
    }

    [Fact]
    public void Most_sessions_need_one_question_only_in_a_large_fleet()
    {
        var random = new Random(1);
        int second = 0;
        Spread(random, 3000, [10_000, 10_000, 10_000], () => second++);

        Assert.InRange(second, 0, 1500);
    }

    private static int[] Spread(Random random, int count, int[] capacities, Action? onSecondQuestion = null)
    {
        var nodes = capacities.Select((capacity, i) => Load($"{i}", 0, capacity)).ToArray();
        for (int i = 0; i < count; i++)
        {
            double even = PlacementRules.GetEvenShare(nodes, more: 1);
            int place = random.Next(capacities.Sum());
            int owner = 0;
            while (place >= capacities[owner])
            {
                place -= capacities[owner++];
            }

            if (!PlacementRules.IsWithin(even, nodes[owner]))
            {
                onSecondQuestion?.Invoke();
                string emptiest = PlacementRules.FindEmptiest(nodes)!;
                owner = Array.FindIndex(nodes, node => node.Node == emptiest);
            }

            nodes[owner] = nodes[owner] with { Sessions = nodes[owner].Sessions + 1 };
        }

        return [.. nodes.Select(node => node.Sessions)];
    }

    private static SessionLoad Load(string node, int sessions, int capacity) => new(node, sessions, capacity);
}

using RelayCluster.Cluster.Membership;
using RelayCluster.Cluster.Placement;

namespace RelayCluster.Cluster.Tests.Placement;

public sealed class FleetLoadsTests
{
    private readonly FleetLoads _loads = new();

    [Fact]
    public void A_status_counts_until_the_next_one_or_an_answer()
    {
        Member member = CreateMember("b", sessions: 7);
        _loads.HandleMembers([member]);
        Assert.Equal(7, _loads.Nodes.Single().Sessions);

        _loads.HandleAnswer(new SessionLoad("b", 9, 100));
        _loads.HandleMembers([member]);
        Assert.Equal(9, _loads.Nodes.Single().Sessions);

        _loads.HandleMembers([CreateMember("b", sessions: 8)]);
        Assert.Equal(8, _loads.Nodes.Single().Sessions);
    }

    [Fact]
    public void Sessions_on_their_way_count_until_the_node_has_answered()
    {
        _loads.HandleMembers([CreateMember("b", sessions: 7)]);
        _loads.HandleSent("b");
        _loads.HandleSent("b");
        Assert.Equal(9, _loads.Nodes.Single().Sessions);

        _loads.HandleAnswer(new SessionLoad("b", 8, 100));
        _loads.HandleArrived("b");
        Assert.Equal(9, _loads.Nodes.Single().Sessions);

        _loads.HandleArrived("b");
        Assert.Equal(8, _loads.Nodes.Single().Sessions);
    }

    [Fact]
    public void Many_that_are_placed_at_once_go_round()
    {
        _loads.HandleMembers([CreateMember("b", sessions: 0), CreateMember("c", sessions: 1)]);
        var sent = new List<string>();
        for (int i = 0; i < 9; i++)
        {
            sent.Add(PlacementRules.FindEmptiest(_loads.Nodes)!);
            _loads.HandleSent(sent[^1]);
        }

        Assert.Equal(5, sent.Count(node => node == "b"));
    }

    private static Member CreateMember(string name, int sessions) => new(
        new NodeStatus
        {
            Name = name,
            Instance = "1",
            State = MemberState.Up,
            Load = new NodeLoad { Placed = sessions, Capacity = 100 },
        },
        MemberState.Up,
        default,
        IsSelf: false);
}

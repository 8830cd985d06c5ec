using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Cluster.Local;
using RelayCluster.Cluster.Membership;
using RelayCluster.Cluster.Placement;
using RelayCluster.Cluster.Tests.Scenes;
using RelayCluster.Relay;

namespace RelayCluster.Cluster.Tests.Placement;

public sealed class SessionPlacementTests
{
    private static readonly ClientOrigin Client = new(
        new IPEndPoint(IPAddress.Parse("203.0.113.7"), 51234), ClientTransport.Tcp);

    private static readonly PlacementOptions Sharded = new() { Mode = PlacementMode.Sharded, Capacity = 1000 };
    private static readonly PlacementOptions Balanced = new() { Mode = PlacementMode.Balanced, Capacity = 1000 };

    [Fact]
    public async Task Three_hundred_clients_of_one_node_spread_over_three_within_a_tenth_of_even()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded);

        await PlaceAsync(fleet["a"], 300);

        Assert.All(fleet.Counts(), count => Assert.InRange(count, 90, 110));
        Assert.Equal(300, fleet.Counts().Sum());
    }

    [Fact]
    public async Task Clients_of_all_nodes_at_once_spread_as_evenly()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded);

        await Task.WhenAll(((string[])["a", "b", "c"]).Select(name => PlaceAsync(fleet[name], 100)));

        Assert.All(fleet.Counts(), count => Assert.InRange(count, 90, 110));
    }

    [Fact]
    public async Task Sessions_that_a_node_knows_of_by_its_status_only_count_as_well()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded with { Mode = PlacementMode.Local });
        await PlaceAsync(fleet["b"], 100);
        await PlaceAsync(fleet["c"], 100);
        await fleet.AddAsync("d", Sharded, (_, client, ended) => client.Input.CopyToAsync(Stream.Null, ended));
        fleet.Clock.Advance(TimeSpan.FromSeconds(1));

        await PlaceAsync(fleet["d"], 200);

        Assert.All(fleet.Counts(), count => Assert.InRange(count, 90, 110));
    }

    [Fact]
    public async Task Local_sessions_stay_where_they_land()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded with { Mode = PlacementMode.Local });

        await PlaceAsync(fleet["a"], 50);

        Assert.Equal([50, 0, 0], fleet.Counts());
    }

    [Fact]
    public async Task Balanced_sessions_stay_until_their_node_is_fuller_than_the_fleet_by_the_margin()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Balanced);

        // with x of 1,000 on one of three the mean is x/3,000: 2/3 of it above is a tenth at 150
        await PlaceAsync(fleet["a"], 151);
        Assert.Equal([151, 0, 0], fleet.Counts());

        await PlaceAsync(fleet["a"], 300);
        int[] counts = fleet.Counts();
        Assert.InRange(counts[0], 151, 300);
        Assert.InRange(counts[1] - counts[2], -15, 15);
        Assert.Equal(451, counts.Sum());
    }

    [Fact]
    public async Task The_serving_node_is_told_the_clients_address()
    {
        var seen = new TaskCompletionSource<ClientOrigin>();
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded, _ => (origin, _, _) =>
        {
            seen.TrySetResult(origin);
            return Task.CompletedTask;
        });

        await PlaceUntilElsewhereAsync(fleet["a"]);

        Assert.Equal(Client, await seen.Task.WithDeadline());
    }

    [Fact]
    public async Task A_draining_node_gets_none_and_hands_on_what_comes_to_it()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Balanced);
        await fleet["a"].AnnounceAsync(MemberState.Draining, CancellationToken.None);

        await PlaceAsync(fleet["a"], 20);
        await PlaceAsync(fleet["b"], 20);

        Assert.Equal(0, fleet.Counts()[0]);
        Assert.Equal(40, fleet.Counts().Sum());
    }

    [Fact]
    public async Task A_node_that_was_drained_and_resumed_gets_some_again()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded);
        await fleet["b"].AnnounceAsync(MemberState.Draining, CancellationToken.None);
        await PlaceAsync(fleet["a"], 30);
        Assert.Equal(0, fleet.Counts()[1]);

        await fleet["b"].AnnounceAsync(MemberState.Up, CancellationToken.None);
        await PlaceAsync(fleet["a"], 60);

        Assert.InRange(fleet.Counts()[1], 25, 33);
    }

    [Fact]
    public async Task A_node_gets_no_more_than_it_can_take()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded with { Capacity = 10 });

        await PlaceAsync(fleet["a"], 30);
        Assert.Equal([10, 10, 10], fleet.Counts());

        // all are full: where it landed, the relay has the last word
        await PlaceAsync(fleet["a"], 1);
        Assert.Equal([11, 10, 10], fleet.Counts());
    }

    [Fact]
    public async Task Without_the_engine_sessions_are_served_where_they_land_at_once_and_elsewhere_when_it_is_back()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded);

        fleet.Hub.Stop();
        await PlaceAsync(fleet["a"], 10);
        Assert.Equal([10, 0, 0], fleet.Counts());
        Assert.Equal(10, fleet.Meters["a"]["cluster.placements{outcome=failed}"]);

        fleet.Hub.Restart();
        fleet.Clock.Advance(TimeSpan.FromSeconds(1));
        await PlaceAsync(fleet["a"], 20);
        Assert.All(fleet.Counts(), count => Assert.Equal(10, count, tolerance: 1.0));
    }

    [Fact]
    public async Task A_node_that_cannot_be_reached_costs_nobody_its_session()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded);

        // it still answers the fabric
        fleet.Hub.Lines.Cut("b");
        await PlaceAsync(fleet["a"], 30);

        Assert.True(fleet.Meters["a"]["cluster.placements{outcome=failed}"] > 0);
        fleet.Clock.Advance(TimeSpan.FromSeconds(10)); // the tickets that nobody came with
        Assert.Equal(0, fleet.Counts()[1]);
        Assert.Equal(30, fleet.Counts().Sum());
    }

    [Fact]
    public async Task A_node_whose_answers_cannot_be_read_costs_nobody_its_session()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded);
        await using var strange = new LocalFabric("strange", fleet.Hub, NullLoggerFactory.Instance);
        ReadOnlyMemory<byte>[] answer = ["what?"u8.ToArray()];
        strange.Handle(SessionPlacement.Subject, (_, _) => answer.ToAsyncEnumerable());
        await strange.StartAsync(CancellationToken.None);
        await strange.SetWeightAsync(SessionPlacement.Region, 1000, CancellationToken.None);

        await PlaceAsync(fleet["a"], 10);

        Assert.True(fleet.Meters["a"]["cluster.placements{outcome=failed}"] > 0);
        Assert.Equal(10, fleet.Counts().Sum());
    }

    [Fact]
    public async Task A_node_that_was_killed_gets_none()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded);

        fleet.Hub.Kill("b");
        await PlaceAsync(fleet["a"], 30);

        Assert.Equal(0, fleet.Counts()[1]);
        Assert.Equal(30, fleet.Counts().Sum());
    }

    [Fact]
    public async Task A_node_that_does_not_answer_keeps_a_client_waiting_for_the_timeout_and_no_longer()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded);
        fleet.Hub.Cut("a", "b");
        fleet.Hub.Cut("a", "c");

        Task<SessionPlace>? waiting = null;
        while (waiting is null or { IsCompleted: true })
        {
            waiting = fleet["a"].Placement.PlaceAsync(Client, CancellationToken.None).AsTask();
        }

        fleet.Clock.Advance(Sharded.Timeout - TimeSpan.FromTicks(1));
        Assert.False(waiting.IsCompleted);
        fleet.Clock.Advance(TimeSpan.FromTicks(1));

        Assert.True((await waiting.WithDeadline()).IsHere);
    }

    [Fact]
    public async Task A_client_that_goes_while_its_place_is_sought_is_forgotten()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded);
        fleet.Hub.Cut("a", "b");
        fleet.Hub.Cut("a", "c");
        using var gone = new CancellationTokenSource();
        var places = new List<Task<SessionPlace>>();
        while (!places.Exists(place => !place.IsCompleted))
        {
            places.Add(fleet["a"].Placement.PlaceAsync(Client, gone.Token).AsTask());
        }

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => places[^1].WithDeadline());
        Assert.Equal(places.Count - 1, fleet.Counts()[0]);
    }

    [Fact]
    public async Task Sessions_that_are_over_count_no_more()
    {
        await using LocalFleet fleet = await LocalFleet.StartAsync(Sharded);
        List<SessionPlace> places = await PlaceAsync(fleet["a"], 30);

        foreach (SessionPlace place in places)
        {
            await place.DisposeAsync().WithDeadline();
        }

        await LocalFleet.UntilAsync(() => fleet.Counts().Sum() == 0);
    }

    [Fact]
    public async Task A_node_by_itself_serves_all()
    {
        await using var fleet = new LocalFleet();
        await fleet.AddAsync("a", Sharded, (_, _, _) => Task.CompletedTask);

        await PlaceAsync(fleet["a"], 5);

        Assert.Equal([5], fleet.Counts());
        Assert.Equal(5, fleet.Meters["a"]["cluster.placements{outcome=here}"]);
    }

    private static async Task<List<SessionPlace>> PlaceAsync(ClusterNode node, int count)
    {
        var places = new List<SessionPlace>();
        for (int i = 0; i < count; i++)
        {
            places.Add(await node.Placement.PlaceAsync(Client, CancellationToken.None).WithDeadline());
        }

        return places;
    }

    private static async Task PlaceUntilElsewhereAsync(ClusterNode node)
    {
        while ((await node.Placement.PlaceAsync(Client, CancellationToken.None).WithDeadline()).IsHere)
        {
            // its turn comes: no node is far above the even share
        }
    }
}

using RelayCluster.Cluster.Administration;
using RelayCluster.Cluster.Membership;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Lookups;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Tests.Administration;

/// <summary>What an operator asks at one node, about all.</summary>
public sealed class FleetAdministrationTests
{
    [Fact]
    public async Task Members_are_all_nodes_and_how_they_stand()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b", "c");
        await fleet["b"].Drain.DrainAsync(TimeSpan.FromHours(1), CancellationToken.None);
        fleet.Hub.Kill("c");
        fleet.Clock.Advance(TimeSpan.FromSeconds(5));
        await SeesAsync(fleet, "a", "c", MemberState.Down);

        IReadOnlyList<MemberSummary> members = fleet["a"].Administration.GetMembers();

        Assert.Equal(["a", "b", "c"], members.Select(member => member.Name));
        Assert.Equal(
            [MemberState.Up, MemberState.Draining, MemberState.Down], members.Select(member => member.State));
        Assert.Equal([true, false, false], members.Select(member => member.IsSelf));
        Assert.All(members, member => Assert.Equal("1.2.3", member.Version));
    }

    [Fact]
    public async Task Members_tell_how_much_they_have_to_do()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");
        await fleet.ConnectAsync("b");
        await fleet.ConnectAsync("b");

        fleet.Clock.Advance(TimeSpan.FromSeconds(1));
        await AdministeredFleet.WithinAsync(fleet["a"].Fleet.WaitUntilAsync(
            members => members.Single(member => member.Name == "b").Status.Load.Sessions == 2));

        Assert.Equal(0, fleet["a"].Administration.GetMembers()[0].Load.Sessions);
    }

    [Fact]
    public async Task Sessions_of_all_nodes_are_told_at_any()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b", "c");
        await fleet.ConnectAsync("a");
        await fleet.ConnectAsync("b");
        await fleet.ConnectAsync("b");

        List<FleetLine<SessionSummary>> lines = await GetSessionsAsync(fleet, "c");

        Assert.Equal(["a-1", "b-1", "b-2"], lines.Select(line => line.Item!.Id));
        Assert.Equal(["a", "b", "b"], lines.Select(line => line.Node));
        Assert.All(lines, line => Assert.Equal("192.0.2.7:4567", line.Item!.Client));
    }

    [Fact]
    public async Task Lookups_are_those_of_the_relays()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");
        Fixed32 topic = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        await foreach (var _ in fleet.Relay("b").Lookups.LookupAsync(topic))
        {
        }

        Task<List<FleetLine<TopicLookup>>> listing =
            fleet["a"].Administration.GetLookupsAsync(default).ToListAsync().AsTask();
        FleetLine<TopicLookup> line = Assert.Single(await AdministeredFleet.WithinAsync(listing));

        Assert.Equal(("b", topic), (line.Node, line.Item!.Topic));
    }

    [Fact]
    public async Task Shards_of_all_nodes_are_told_at_any()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");

        Task<List<FleetLine<ShardSummary>>> listing =
            fleet["a"].Administration.GetShardsAsync(default).ToListAsync().AsTask();
        List<FleetLine<ShardSummary>> lines = await AdministeredFleet.WithinAsync(listing);

        Assert.All(lines, line => Assert.Null(line.Failure));
        Assert.Equal(
            lines.Where(line => line.Node == "a").Select(line => line.Item),
            lines.Where(line => line.Node == "b").Select(line => line.Item));
        Assert.Contains(new FleetLine<ShardSummary>("b", new ShardSummary("lookups", 100), null), lines);
    }

    [Fact]
    public async Task Sessions_of_one_node_are_told_alone()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");
        await fleet.ConnectAsync("a");
        await fleet.ConnectAsync("b");

        Assert.Equal("a-1", Assert.Single(await GetSessionsAsync(fleet, "b", "a")).Item!.Id);
        Assert.Equal("b-1", Assert.Single(await GetSessionsAsync(fleet, "b", "b")).Item!.Id);
    }

    [Fact]
    public async Task Many_sessions_come_in_pieces_and_in_order()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");
        for (int i = 0; i < 250; i++)
        {
            await fleet.ConnectAsync("b");
        }

        List<FleetLine<SessionSummary>> lines = await GetSessionsAsync(fleet, "a");

        Assert.Equal(Enumerable.Range(1, 250).Select(i => $"b-{i}"), lines.Select(line => line.Item!.Id));
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_a_line_and_the_others_are_told()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b", "c");
        await fleet.ConnectAsync("a");
        await fleet.ConnectAsync("c");
        fleet.Hub.Kill("b");

        List<FleetLine<SessionSummary>> lines = await GetSessionsAsync(fleet, "a");

        Assert.Equal(["a-1", null, "c-1"], lines.Select(line => line.Item?.Id));
        Assert.Equal(("b", "there is no node b in the fleet"), (lines[1].Node, lines[1].Failure));
    }

    [Fact]
    public async Task A_node_answers_for_itself_while_the_engine_is_away()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");
        (SilentClient client, Task session) = await fleet.ConnectAsync("a");
        fleet.Hub.Stop();

        Assert.Equal("a-1", (await GetSessionsAsync(fleet, "a", "a")).Single().Item!.Id);
        Assert.Equal("a-1", (await fleet["a"].Administration.GetSessionAsync("a-1", default)).Session.Id);
        await fleet["a"].Administration.KickAsync("a-1", "enough", default);

        await AdministeredFleet.WithinAsync(session);
        AdministrationException e = await Assert.ThrowsAsync<AdministrationException>(
            () => fleet["a"].Administration.DrainAsync("b", null, default));
        Assert.Equal(AdministrationError.NodeUnreachable, e.Error);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public async Task A_session_is_told_and_closed_at_any_node(string at)
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");
        (SilentClient client, Task session) = await fleet.ConnectAsync("b");

        SessionTree tree = await fleet[at].Administration.GetSessionAsync("b-1", default);
        await fleet[at].Administration.KickAsync("b-1", "too loud", default);

        Assert.Equal(("b-1", true), (tree.Session.Id, tree.IsWhole));
        await AdministeredFleet.WithinAsync(session);
        Assert.Empty(await GetSessionsAsync(fleet, at));
    }

    [Theory]
    [InlineData("a", "b-2")]
    [InlineData("b", "b-2")]
    [InlineData("a", "d-1")]
    [InlineData("a", "b")]
    [InlineData("a", "")]
    public async Task An_unknown_session_is_told_as_such(string at, string id)
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");
        await fleet.ConnectAsync("b");
        FleetAdministration administration = fleet[at].Administration;

        foreach (Func<Task> ask in (Func<Task>[])[
            () => administration.GetSessionAsync(id, default), () => administration.KickAsync(id, "go", default)])
        {
            AdministrationException e = await Assert.ThrowsAsync<AdministrationException>(ask);
            Assert.Equal((AdministrationError.UnknownSession, $"there is no session {id}"), (e.Error, e.Message));
        }
    }

    [Fact]
    public async Task An_unknown_node_is_told_as_such()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a");
        FleetAdministration administration = fleet["a"].Administration;

        foreach (Func<Task> ask in (Func<Task>[])[
            () => administration.DrainAsync("z", null, default),
            () => administration.ResumeAsync("z", default),
            () => GetSessionsAsync(fleet, "a", "z")])
        {
            AdministrationException e = await Assert.ThrowsAsync<AdministrationException>(ask);
            Assert.Equal(
                (AdministrationError.UnknownNode, "there is no node z in the fleet"), (e.Error, e.Message));
        }
    }

    [Fact]
    public async Task A_node_that_is_down_cannot_be_asked()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");
        fleet.Hub.Kill("b");
        fleet.Clock.Advance(TimeSpan.FromSeconds(5));
        await SeesAsync(fleet, "a", "b", MemberState.Down);

        AdministrationException e = await Assert.ThrowsAsync<AdministrationException>(
            () => fleet["a"].Administration.GetSessionAsync("b-1", default));

        Assert.Equal((AdministrationError.NodeUnreachable, "node b is down"), (e.Error, e.Message));
        Assert.Empty(await GetSessionsAsync(fleet, "a"));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    public async Task Any_node_drains_at_any_and_takes_sessions_again(string at)
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");
        (SilentClient early, _) = await fleet.ConnectAsync("b");

        NodeReply drained = await fleet[at].Administration.DrainAsync("b", TimeSpan.FromMinutes(1), default);

        Assert.Equal(new NodeReply("b", MemberState.Draining, 1, TimeSpan.FromMinutes(1)), drained);
        await SeesAsync(fleet, "a", "b", MemberState.Draining);
        (SilentClient refused, Task refusal) = await fleet.ConnectAsync("b");
        await AdministeredFleet.WithinAsync(refusal);
        Assert.Equal(CloseKind.GoingAway, refused.Reason?.Kind);

        NodeReply resumed = await fleet[at].Administration.ResumeAsync("b", default);

        Assert.Equal(new NodeReply("b", MemberState.Up, 1, null), resumed);
        await SeesAsync(fleet, "a", "b", MemberState.Up);
        await fleet.ConnectAsync("b");
        Assert.Equal(["b-1", "b-2"], (await GetSessionsAsync(fleet, at)).Select(line => line.Item!.Id));
        Assert.Null(early.Reason);
    }

    [Fact]
    public async Task A_drain_without_a_time_takes_the_nodes_own()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");
        fleet["b"].Drain.DefaultTimeout = TimeSpan.FromSeconds(7);

        NodeReply reply = await fleet["a"].Administration.DrainAsync("b", timeout: null, default);

        Assert.Equal(TimeSpan.FromSeconds(7), reply.Timeout);
    }

    [Fact]
    public async Task A_node_that_stops_is_not_resumed()
    {
        await using AdministeredFleet fleet = await AdministeredFleet.StartAsync("a", "b");
        await AdministeredFleet.WithinAsync(fleet["b"].Drain.StopAsync(TimeSpan.FromHours(1), default));

        foreach (string at in (string[])["a", "b"])
        {
            AdministrationException e = await Assert.ThrowsAsync<AdministrationException>(
                () => fleet[at].Administration.ResumeAsync("b", default));
            Assert.Equal((AdministrationError.Refused, "the node is stopping"), (e.Error, e.Message));
        }
    }

    private static Task SeesAsync(AdministeredFleet fleet, string at, string node, MemberState state) =>
        AdministeredFleet.WithinAsync(fleet[at].Fleet.WaitUntilAsync(
            members => members.Single(member => member.Name == node).State == state));

    private static async Task<List<FleetLine<SessionSummary>>> GetSessionsAsync(
        AdministeredFleet fleet, string at, string? node = null) =>
        await AdministeredFleet.WithinAsync(
            fleet[at].Administration.GetSessionsAsync(node, default).ToListAsync().AsTask());
}

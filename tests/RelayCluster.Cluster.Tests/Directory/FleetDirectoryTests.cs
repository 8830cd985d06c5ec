using System.IO.Pipelines;
using System.Text;
using RelayCluster.Cluster.Membership;
using RelayCluster.Dht.Links;
using static RelayCluster.Relay.Tests.Lookups.FakeQuery;

namespace RelayCluster.Cluster.Tests.Directory;

public sealed class FleetDirectoryTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly DirectoryScenario _scenario = new();

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public async Task A_server_of_one_node_is_known_to_the_other_at_once_and_reached_by_a_link()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        var server = new FakeLinkServer(Key(1));

        using IDisposable entry = far.Directory.Add(server);

        await using DhtLink link = (await near.Directory.OpenAsync(Key(1)))!;
        await using DhtLink other = await TakeAsync(server);
        Assert.Equal(1, near.Directory.RemoteServerCount);
        Assert.Equal("hello", await SendAsync(link, other, "hello"));
        Assert.Equal("you too", await SendAsync(other, link, "you too"));
    }

    [Fact]
    public async Task A_server_of_the_same_node_is_joined_in_process()
    {
        DirectoryNode node = await _scenario.StartAsync("a");
        var server = new FakeLinkServer(Key(1));
        using IDisposable entry = node.Directory.Add(server);

        await using DhtLink link = (await node.Directory.OpenAsync(Key(1)))!;
        await using DhtLink other = await TakeAsync(server);

        Assert.Equal("hello", await SendAsync(link, other, "hello"));
    }

    [Fact]
    public async Task A_server_that_closes_is_not_known_any_more_and_nobody_knows_one_that_never_was()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        IDisposable entry = far.Directory.Add(new FakeLinkServer(Key(1)));
        Assert.Equal([far.Name], near.Directory.Find(Key(1)));

        entry.Dispose();
        entry.Dispose();

        Assert.Null(await near.Directory.OpenAsync(Key(1)));
        Assert.Null(await far.Directory.OpenAsync(Key(1)));
        Assert.Null(await near.Directory.OpenAsync(Key(2)));
    }

    [Fact]
    public async Task A_key_that_two_sessions_of_a_node_listen_on_is_known_until_the_last_one_closes()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        var first = new FakeLinkServer(Key(1));
        var second = new FakeLinkServer(Key(1));
        IDisposable firstEntry = far.Directory.Add(first);
        using IDisposable secondEntry = far.Directory.Add(second);

        firstEntry.Dispose();

        await using DhtLink link = (await near.Directory.OpenAsync(Key(1)))!;
        await using DhtLink taken = await TakeAsync(second);
        Assert.Empty(first.Links);
    }

    [Fact]
    public async Task A_key_that_is_listened_on_at_two_nodes_is_reached_at_the_one_that_is_left()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        DirectoryNode third = await _scenario.StartAsync("c");
        var server = new FakeLinkServer(Key(1));
        using IDisposable dead = far.Directory.Add(new FakeLinkServer(Key(1)));
        using IDisposable alive = third.Directory.Add(server);
        Assert.Equal([far.Name, third.Name], near.Directory.Find(Key(1)).Order());

        await far.KillAsync();

        // whichever is tried first
        for (int i = 0; i < 10; i++)
        {
            await using DhtLink? link = await near.Directory.OpenAsync(Key(1));
            Assert.NotNull(link);
            await using DhtLink taken = await TakeAsync(server);
        }
    }

    [Fact]
    public async Task A_node_that_joins_later_learns_what_the_others_have()
    {
        DirectoryNode first = await _scenario.StartAsync("a");
        using IDisposable one = first.Directory.Add(new FakeLinkServer(Key(1)));
        using IDisposable two = first.Directory.Add(new FakeLinkServer(Key(2)));

        DirectoryNode second = await _scenario.StartAsync("b");

        Assert.Equal(2, second.Directory.RemoteServerCount);
        Assert.Equal(["a"], second.Directory.Find(Key(2)));
    }

    [Fact]
    public async Task What_was_lost_on_the_way_is_had_with_the_next_digest()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        using IDisposable before = far.Directory.Add(new FakeLinkServer(Key(1)));
        _scenario.Hub.Cut(near.Name, far.Name);
        using IDisposable lost = far.Directory.Add(new FakeLinkServer(Key(2)));
        Assert.Empty(near.Directory.Find(Key(2)));

        _scenario.Hub.Mend(near.Name, far.Name);
        _scenario.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([far.Name], near.Directory.Find(Key(1)));
        Assert.Equal([far.Name], near.Directory.Find(Key(2)));
    }

    [Fact]
    public async Task The_engine_stops_and_returns_and_both_know_everything_again()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        using IDisposable before = far.Directory.Add(new FakeLinkServer(Key(1)));
        _scenario.Hub.Stop();
        _scenario.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty(near.Directory.Find(Key(1)));
        using IDisposable meanwhile = far.Directory.Add(new FakeLinkServer(Key(2)));
        using IDisposable other = near.Directory.Add(new FakeLinkServer(Key(3)));

        _scenario.Hub.Restart();
        _scenario.Clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal([far.Name], near.Directory.Find(Key(1)));
        Assert.Equal([far.Name], near.Directory.Find(Key(2)));
        Assert.Equal([near.Name], far.Directory.Find(Key(3)));
    }

    [Fact]
    public async Task A_killed_node_gives_no_link_and_is_forgotten_when_it_is_down()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        using IDisposable entry = far.Directory.Add(new FakeLinkServer(Key(1)));

        await far.KillAsync();

        await Assert.ThrowsAsync<IOException>(() => near.Directory.OpenAsync(Key(1)).AsTask().WaitAsync(Deadline));
        _scenario.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(MemberState.Down, near.Fleet.Find(far.Name)!.State);
        Assert.Null(await near.Directory.OpenAsync(Key(1)));
    }

    [Fact]
    public async Task A_killed_node_breaks_its_links()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        var server = new FakeLinkServer(Key(1));
        using IDisposable entry = far.Directory.Add(server);
        await using DhtLink link = (await near.Directory.OpenAsync(Key(1)))!;
        DhtLink other = await TakeAsync(server);
        Task reading = other.Pipe.Input.ReadAsync().AsTask();

        Task killing = far.KillAsync();

        // who has the link leaves it then
        await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(Deadline));
        await other.DisposeAsync();
        await killing.WaitAsync(Deadline);
        await Assert.ThrowsAsync<IOException>(() => link.Pipe.Input.ReadAsync().AsTask().WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_node_that_is_started_anew_has_what_it_has_now()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        using IDisposable former = far.Directory.Add(new FakeLinkServer(Key(1)));
        await far.KillAsync();

        DirectoryNode again = await _scenario.StartAsync(far.Name);
        using IDisposable entry = again.Directory.Add(new FakeLinkServer(Key(2)));
        _scenario.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(near.Directory.Find(Key(1)));
        Assert.Equal([far.Name], near.Directory.Find(Key(2)));
    }

    [Fact]
    public async Task A_node_that_leaves_is_forgotten_at_once()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        using IDisposable entry = far.Directory.Add(new FakeLinkServer(Key(1)));

        await far.DisposeAsync();

        Assert.Empty(near.Directory.Find(Key(1)));
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_given_up_after_two_seconds()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        using IDisposable entry = far.Directory.Add(new FakeLinkServer(Key(1)));
        _scenario.Hub.Cut(near.Name, far.Name);

        Task<DhtLink?> opening = near.Directory.OpenAsync(Key(1)).AsTask();
        _scenario.Clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(opening.IsCompleted);
        _scenario.Clock.Advance(TimeSpan.FromSeconds(0.1));

        await Assert.ThrowsAsync<IOException>(() => opening.WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_link_that_is_given_up_is_given_up()
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        using IDisposable entry = far.Directory.Add(new FakeLinkServer(Key(1)));
        _scenario.Hub.Cut(near.Name, far.Name);
        using var leaving = new CancellationTokenSource();
        Task<DhtLink?> opening = near.Directory.OpenAsync(Key(1), leaving.Token).AsTask();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(Deadline));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_has_closed_unheard_or_has_no_room_ends_the_link(bool isClosed)
    {
        (DirectoryNode near, DirectoryNode far) = await StartTwoAsync();
        var server = new FakeLinkServer(Key(1)) { HasRoom = isClosed };
        IDisposable entry = far.Directory.Add(server);
        if (isClosed)
        {
            _scenario.Hub.Cut(near.Name, far.Name);
            entry.Dispose();
            _scenario.Hub.Mend(near.Name, far.Name);
        }

        await using DhtLink link = (await near.Directory.OpenAsync(Key(1)))!;

        ReadResult read = await link.Pipe.Input.ReadAsync().AsTask().WaitAsync(Deadline);
        Assert.True(read.IsCompleted);
        Assert.Empty(server.Links);
    }

    private static async Task<DhtLink> TakeAsync(FakeLinkServer server)
    {
        using var limit = new CancellationTokenSource(Deadline);
        DhtLink? link;
        while (!server.Links.TryDequeue(out link))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        return link;
    }

    private static async Task<string> SendAsync(DhtLink from, DhtLink to, string text)
    {
        await from.Pipe.Output.WriteAsync(Encoding.UTF8.GetBytes(text));
        ReadResult read = await to.Pipe.Input.ReadAtLeastAsync(text.Length).AsTask().WaitAsync(Deadline);
        string received = Encoding.UTF8.GetString(read.Buffer);
        to.Pipe.Input.AdvanceTo(read.Buffer.End);
        return received;
    }

    private async Task<(DirectoryNode Near, DirectoryNode Far)> StartTwoAsync() =>
        (await _scenario.StartAsync("a"), await _scenario.StartAsync("b"));
}

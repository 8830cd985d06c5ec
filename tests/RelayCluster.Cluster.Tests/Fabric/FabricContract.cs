using System.Runtime.CompilerServices;
using System.Text;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.Tests.Scenes;

namespace RelayCluster.Cluster.Tests.Fabric;

/// <summary>What <see cref="IFabric"/> promises, asked of each implementation.</summary>
public abstract class FabricContract(IFabricEngine engine) : IAsyncLifetime
{
    private readonly List<IFabric> _nodes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (IFabric node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_node_is_asked_by_its_name_and_answers_with_any_number_of_replies()
    {
        IFabric asker = await StartAsync("a");
        await StartAsync("b", node => node.Handle("count", CountAsync));

        Assert.Equal(["1 for a", "2 for a", "3 for a"], await AskAsync(asker, FabricAddress.OfNode("b"), "count", "3"));
        Assert.Empty(await AskAsync(asker, FabricAddress.OfNode("b"), "count", "0"));
    }

    [Fact]
    public async Task A_node_may_ask_itself()
    {
        IFabric node = await StartAsync("a", node => node.Handle("count", CountAsync));

        Assert.Equal(["1 for a"], await AskAsync(node, FabricAddress.OfNode("a"), "count", "1"));
    }

    [Fact]
    public async Task A_long_stream_of_replies_comes_whole_and_in_order_however_slow_its_reader()
    {
        const int Replies = 2000;
        IFabric asker = await StartAsync("a");
        await StartAsync("b", node => node.Handle("count", CountAsync));
        var replies = new List<string>();

        await foreach (ReadOnlyMemory<byte> reply in asker
            .AskAsync(FabricAddress.OfNode("b"), "count", Bytes($"{Replies}"), default).WithDeadline())
        {
            await Task.Yield();
            replies.Add(Text(reply));
        }

        Assert.Equal(Enumerable.Range(1, Replies).Select(number => $"{number} for a"), replies);
    }

    [Fact]
    public async Task A_reader_that_has_stopped_holds_up_the_handler()
    {
        int made = 0;
        IFabric asker = await StartAsync("a");
        await StartAsync("b", node => node.Handle("flood", FloodAsync));
        await using IAsyncEnumerator<ReadOnlyMemory<byte>> replies = asker
            .AskAsync(FabricAddress.OfNode("b"), "flood", default, default).GetAsyncEnumerator();
        Assert.True(await replies.MoveNextAsync());

        await engine.PassAsync(FabricTimes.SilenceTimeout * 1.5);

        Assert.InRange(Volatile.Read(ref made), 1, 1000);
        Assert.True(await replies.MoveNextAsync());

        async IAsyncEnumerable<ReadOnlyMemory<byte>> FloodAsync(
            FabricRequest request,
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (true)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                Interlocked.Increment(ref made);
                yield return new byte[10];
            }
        }
    }

    [Fact]
    public async Task A_handler_that_takes_long_is_waited_for()
    {
        var work = new Work();
        IFabric asker = await StartAsync("a");
        await StartAsync("b", node => node.Handle("work", work.HandleAsync));
        Task<List<string>> answer = AskAsync(asker, FabricAddress.OfNode("b"), "work");
        await work.Started.WithDeadline();

        await engine.PassAsync(FabricTimes.SilenceTimeout * 1.5);
        work.Finish();

        Assert.Equal(["begun", "done"], await answer);
    }

    [Fact]
    public async Task Who_is_not_there_cannot_be_asked()
    {
        IFabric asker = await StartAsync("a");

        await AssertFailsAsync(FabricError.NoSuchNode, asker, FabricAddress.OfNode("nobody"), "count");
        await AssertFailsAsync(FabricError.NoSuchNode, asker, FabricAddress.OfOwner("desert", "key"), "count");
    }

    [Fact]
    public async Task What_a_node_does_not_do_or_fails_at_is_told()
    {
        IFabric asker = await StartAsync("a");
        await StartAsync("b", node =>
        {
            node.Handle("fails", (_, _) => throw new InvalidOperationException("secret"));
            node.Handle("refuses", (_, _) => throw new FabricException(FabricError.Refused, "not on Sundays"));
        });
        FabricAddress b = FabricAddress.OfNode("b");

        await AssertFailsAsync(FabricError.Refused, asker, b, "unknown");
        FabricException failed = await AssertFailsAsync(FabricError.Failed, asker, b, "fails");
        FabricException refused = await AssertFailsAsync(FabricError.Refused, asker, b, "refuses");

        Assert.DoesNotContain("secret", failed.Message, StringComparison.Ordinal);
        Assert.Equal("not on Sundays", refused.Message);
    }

    [Fact]
    public async Task A_handler_whose_asker_has_left_is_cancelled()
    {
        var work = new Work();
        IFabric asker = await StartAsync("a");
        await StartAsync("b", node => node.Handle("work", work.HandleAsync));
        using var leaving = new CancellationTokenSource();
        Task<List<string>> answer = AskAsync(
            asker, FabricAddress.OfNode("b"), "work", cancellationToken: leaving.Token);
        await work.Started.WithDeadline();

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await work.Cancelled.WithDeadline();
    }

    [Fact]
    public async Task A_handler_whose_asker_has_died_is_cancelled()
    {
        var work = new Work();
        IFabric asker = await StartAsync("a");
        await StartAsync("b", node => node.Handle("work", work.HandleAsync));
        Task<List<string>> answer = AskAsync(asker, FabricAddress.OfNode("b"), "work");
        await work.Started.WithDeadline();

        await engine.KillAsync(asker);

        await work.Cancelled.WithDeadline();
        await Assert.ThrowsAsync<FabricException>(() => answer);
    }

    [Fact]
    public async Task The_death_of_the_node_that_answers_is_told()
    {
        var work = new Work();
        IFabric asker = await StartAsync("a");
        IFabric answerer = await StartAsync("b", node => node.Handle("work", work.HandleAsync));
        Task<List<string>> answer = AskAsync(asker, FabricAddress.OfNode("b"), "work");
        await work.Started.WithDeadline();

        await engine.KillAsync(answerer);

        FabricException e = await Assert.ThrowsAsync<FabricException>(() => answer.WithDeadline());
        Assert.Contains(e.Error, new[] { FabricError.NodeGone, FabricError.TimedOut });
        await AssertFailsAsync(FabricError.NoSuchNode, asker, FabricAddress.OfNode("b"), "work");
    }

    [Fact]
    public async Task Keys_of_a_region_are_spread_evenly()
    {
        IFabric[] nodes = await StartRegionAsync("even", 100, 100, 100);

        Dictionary<string, int> owned = Count(await OwnersAsync(nodes[0], "even", 1500));

        Assert.Equal(["n1", "n2", "n3"], owned.Keys.Order());
        Assert.All(owned.Values, count => Assert.InRange(count, 425, 575));
    }

    [Fact]
    public async Task Keys_of_a_region_are_spread_by_weight()
    {
        IFabric[] nodes = await StartRegionAsync("uneven", 100, 300, 0);

        Dictionary<string, int> owned = Count(await OwnersAsync(nodes[2], "uneven", 1200));

        Assert.Equal(["n1", "n2"], owned.Keys.Order());
        Assert.InRange(owned["n1"], 240, 360);
    }

    [Fact]
    public async Task Everybody_finds_the_same_owner()
    {
        IFabric[] nodes = await StartRegionAsync("same", 10, 10, 10);

        string[] first = await OwnersAsync(nodes[0], "same", 100);

        Assert.Equal(first, await OwnersAsync(nodes[1], "same", 100));
        Assert.Equal(first, await OwnersAsync(nodes[2], "same", 100));
    }

    [Fact]
    public async Task The_keys_of_a_node_that_died_move_at_once_and_come_back_with_it()
    {
        IFabric[] nodes = await StartRegionAsync("deadly", 10, 10, 10);
        string[] before = await OwnersAsync(nodes[0], "deadly", 100);
        Assert.Contains("n3", before);

        await engine.KillAsync(nodes[2]);
        string[] without = await OwnersAsync(nodes[0], "deadly", 100);
        IFabric again = await StartAsync("n3", Owner);
        await again.SetWeightAsync("deadly", 10, default);

        Assert.DoesNotContain("n3", without);
        Assert.Contains("n3", await OwnersAsync(nodes[0], "deadly", 100));
    }

    [Fact]
    public async Task A_node_whose_weight_is_taken_away_owns_nothing()
    {
        IFabric[] nodes = await StartRegionAsync("drained", 10, 10);
        Assert.Contains("n2", await OwnersAsync(nodes[0], "drained", 100));

        await nodes[1].SetWeightAsync("drained", 0, default);

        Assert.All(await OwnersAsync(nodes[0], "drained", 100), owner => Assert.Equal("n1", owner));
        await nodes[1].SetWeightAsync("drained", 30, default);
        Assert.InRange((await OwnersAsync(nodes[0], "drained", 400)).Count(owner => owner == "n1"), 50, 150);
    }

    [Fact]
    public async Task A_broadcast_is_heard_by_all_others_in_the_order_in_which_it_was_told()
    {
        const int Told = 300;
        var heard = new Dictionary<string, Heard>();
        IFabric teller = await StartAsync("a", node => node.Handle("news", Hear("a")));
        await StartAsync("b", node => node.Handle("news", Hear("b")));
        await StartAsync("c", node => node.Handle("news", Hear("c")));
        await StartAsync("deaf");

        for (int number = 0; number < Told; number++)
        {
            await teller.TellAllAsync("news", Bytes($"{number}"), default);
        }

        await heard["b"].All.WithDeadline();
        await heard["c"].All.WithDeadline();
        Assert.Equal(Enumerable.Range(0, Told).Select(number => $"{number} of a"), heard["b"].News);
        Assert.Equal(heard["b"].News, heard["c"].News);
        Assert.Empty(heard["a"].News);

        FabricHandler Hear(string node) => (heard[node] = new Heard(Told)).HandleAsync;
    }

    [Fact]
    public async Task A_name_is_one_node_s_own()
    {
        await StartAsync("a");
        IFabric second = engine.Create("a");
        await using (second)
        {
            FabricException e = await Assert.ThrowsAsync<FabricException>(() => second.StartAsync(default));

            Assert.Equal(FabricError.NameTaken, e.Error);
            Assert.Contains("the name a is taken", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_the_engine_a_node_is_by_itself_and_with_it_all_is_as_before()
    {
        var work = new Work();
        IFabric[] nodes = await StartRegionAsync("lasting", 10, 10);
        IFabric third = await StartAsync("c", node => node.Handle("work", work.HandleAsync));
        Task<List<string>> underWay = AskAsync(nodes[0], FabricAddress.OfNode("c"), "work");
        await work.Started.WithDeadline();

        await engine.StopAsync();
        try
        {
            await AssertAloneAsync();
        }
        finally
        {
            await engine.StartAgainAsync();
        }

        await ReturnAsync([.. nodes, third]);
        string[] owners = await OwnersAsync(third, "lasting", 400);
        Assert.InRange(owners.Count(owner => owner == "n1"), 50, 150);

        async Task AssertAloneAsync()
        {
            FabricException e = await Assert.ThrowsAsync<FabricException>(() => underWay.WithDeadline());
            Assert.Equal(FabricError.Unreachable, e.Error);
            await work.Cancelled.WithDeadline();
            Assert.All([.. nodes, third], node => Assert.False(node.IsConnected));
            await AssertFailsAsync(FabricError.Unreachable, nodes[0], FabricAddress.OfNode("c"), "work");
            await nodes[0].TellAllAsync("news", default, default);
            await nodes[1].SetWeightAsync("lasting", 30, default);
        }
    }

    private static FabricHandler NameHandler(string name) => (_, _) => new[] { Bytes(name) }.ToAsyncEnumerable();

    private static void Owner(IFabric node) => node.Handle("owner", NameHandler(node.NodeName));

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static Dictionary<string, int> Count(IEnumerable<string> owners) =>
        owners.CountBy(owner => owner).ToDictionary();

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> CountAsync(
        FabricRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int number = 1; number <= int.Parse(Text(request.Body), null); number++)
        {
            await Task.Yield();
            yield return Bytes($"{number} for {request.From}");
        }
    }

    private static async Task<List<string>> AskAsync(
        IFabric asker,
        FabricAddress address,
        string subject,
        string body = "",
        CancellationToken cancellationToken = default)
    {
        var replies = new List<string>();
        await foreach (ReadOnlyMemory<byte> reply in asker
            .AskAsync(address, subject, Bytes(body), cancellationToken).WithDeadline())
        {
            replies.Add(Text(reply));
        }

        return replies;
    }

    private static async Task<FabricException> AssertFailsAsync(
        FabricError error,
        IFabric asker,
        FabricAddress address,
        string subject)
    {
        FabricException e = await Assert.ThrowsAsync<FabricException>(() => AskAsync(asker, address, subject));
        Assert.Equal(error, e.Error);
        return e;
    }

    private static async Task<string[]> OwnersAsync(IFabric asker, string region, int keys)
    {
        IEnumerable<Task<List<string>>> asks = Enumerable.Range(0, keys)
            .Select(key => AskAsync(asker, FabricAddress.OfOwner(region, $"key {key}"), "owner"));
        return [.. (await Task.WhenAll(asks)).Select(replies => Assert.Single(replies))];
    }

    /// <summary>There is no event for it: a fabric comes back by itself.</summary>
    private async Task ReturnAsync(IFabric[] nodes)
    {
        using var overdue = new CancellationTokenSource(Deadline.Value);
        while (!nodes.All(node => node.IsConnected))
        {
            overdue.Token.ThrowIfCancellationRequested();
            await engine.PassAsync(TimeSpan.FromMilliseconds(50));
        }
    }

    private async Task<IFabric> StartAsync(string name, Action<IFabric>? prepare = null)
    {
        IFabric node = engine.Create(name);
        _nodes.Add(node);
        prepare?.Invoke(node);
        await node.StartAsync(default).WithDeadline();
        return node;
    }

    /// <summary>Nodes n1, n2 and so on, of these weights, that tell whose a key is.</summary>
    private async Task<IFabric[]> StartRegionAsync(string region, params int[] weights)
    {
        var nodes = new List<IFabric>();
        foreach (int weight in weights)
        {
            IFabric node = await StartAsync($"n{nodes.Count + 1}", Owner);
            await node.SetWeightAsync(region, weight, default);
            nodes.Add(node);
        }

        return [.. nodes];
    }
}

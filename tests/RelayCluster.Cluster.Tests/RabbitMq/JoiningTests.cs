using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Cluster.Fabric;
using RelayCluster.Cluster.RabbitMq;
using RelayCluster.Cluster.Tests.Scenes;
using RelayCluster.TestBroker;

namespace RelayCluster.Cluster.Tests.RabbitMq;

/// <summary>How a node comes to the broker, and comes back to it.</summary>
[Collection(BrokerGroup.Name)]
public sealed class JoiningTests(SharedBroker shared)
{
    [Theory]
    [InlineData("relay", "geheim", "", "refuses the user or the password of cluster.rabbitmq")]
    [InlineData("guest", "guest", "/nowhere", "nowhere")]
    public async Task A_broker_that_does_not_want_the_node_is_told_in_a_line(
        string user,
        string password,
        string vhost,
        string reason)
    {
        await using RabbitMqFabric node =
            Create("a", $"amqp://{user}:{password}@127.0.0.1:{shared.Broker.Port}{vhost}");

        FabricException e = await Assert.ThrowsAsync<FabricException>(() => node.StartAsync(default));

        Assert.Equal(FabricError.Refused, e.Error);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.Contains($"amqp://{user}:***@127.0.0.1", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain($":{password}@", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task A_broker_without_the_plugin_is_told_with_what_mends_it()
    {
        await using Broker bare = await Broker.StartAsync(plugins: "");
        await using RabbitMqFabric node = Create("a", bare.Address);

        FabricException e = await Assert.ThrowsAsync<FabricException>(() => node.StartAsync(default));

        Assert.Equal(FabricError.Refused, e.Error);
        Assert.Contains(
            "rabbitmq-plugins enable rabbitmq_consistent_hash_exchange", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_starts_without_the_broker_and_joins_when_it_is_there()
    {
        await using var way = new BrokerWay(shared.Broker);
        await using RabbitMqFabric node = Create("a", way.Address);
        node.Handle("owner", OwnAsync);
        await node.StartAsync(default).WithDeadline();
        Assert.False(node.IsConnected);
        await node.SetWeightAsync("late", 1, default);

        way.Open();

        await ConnectedAsync(node);
        await AskOwnerAsync(node, "late");
    }

    [Fact]
    public async Task A_node_whose_connection_breaks_is_back_with_its_name_and_its_weights()
    {
        await using var way = new BrokerWay(shared.Broker);
        way.Open();
        await using RabbitMqFabric node = Create("a", way.Address);
        node.Handle("owner", OwnAsync);
        await node.StartAsync(default);
        await node.SetWeightAsync("broken", 1, default);

        await way.CloseAsync();
        await UntilAsync(() => !node.IsConnected);
        FabricException e = await Assert.ThrowsAsync<FabricException>(() => AskOwnerAsync(node, "broken"));
        way.Open();

        Assert.Equal(FabricError.Unreachable, e.Error);
        await ConnectedAsync(node);
        await AskOwnerAsync(node, "broken");
    }

    [Fact]
    public async Task An_ask_over_a_way_that_fell_silent_fails_in_time()
    {
        await using var way = new BrokerWay(shared.Broker);
        way.Open();
        await using RabbitMqFabric node = Create("a", way.Address);
        node.Handle("owner", OwnAsync);
        await node.StartAsync(default);
        await node.SetWeightAsync("silent", 1, default);
        await AskOwnerAsync(node, "silent");

        way.FallSilent();

        FabricException e = await Assert.ThrowsAsync<FabricException>(
            () => AskOwnerAsync(node, "silent").WaitAsync(FabricTimes.SilenceTimeout * 4));
        Assert.Equal(FabricError.TimedOut, e.Error);
        await way.CloseAsync();
    }

    [Fact]
    public async Task A_node_that_was_killed_has_its_name_again_at_once()
    {
        await using var way = new BrokerWay(shared.Broker);
        way.Open();
        await using RabbitMqFabric killed = Create("a", way.Address);
        await killed.StartAsync(default);
        await using RabbitMqFabric again = Create("a", shared.Broker.Address);
        Task starting = again.StartAsync(default);

        await way.CloseAsync();

        await starting.WithDeadline();
        Assert.True(again.IsConnected);
    }

    private static RabbitMqFabric Create(string name, string address)
    {
        Assert.True(BrokerAddress.TryParse(address, out BrokerAddress? broker));
        return new RabbitMqFabric(name, broker, TimeProvider.System, NullLoggerFactory.Instance);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> OwnAsync(
        FabricRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return new byte[1];
    }

    private static async Task AskOwnerAsync(RabbitMqFabric node, string region)
    {
        int replies = 0;
        await foreach (ReadOnlyMemory<byte> _ in node.AskAsync(
            FabricAddress.OfOwner(region, "key"), "owner", default, CancellationToken.None))
        {
            replies++;
        }

        Assert.Equal(1, replies);
    }

    private static Task ConnectedAsync(RabbitMqFabric node) => UntilAsync(() => node.IsConnected);

    /// <summary>There is no event for it: a fabric comes and goes by itself.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        using var overdue = new CancellationTokenSource(Deadline.Value);
        using var interval = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            await interval.WaitForNextTickAsync(overdue.Token);
        }
    }
}

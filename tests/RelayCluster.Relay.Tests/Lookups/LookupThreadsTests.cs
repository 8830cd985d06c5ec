using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Actors;
using RelayCluster.Dht;
using RelayCluster.Relay.Lookups;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Lookups;

/// <summary>On threads, where a query may be over before the turn that began it is.</summary>
public sealed class LookupThreadsTests : IAsyncDisposable
{
    private readonly ActorSystem _actors = new(new ActorSystemOptions { Dispatcher = new EagerDispatcher() });
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await _actors.DisposeAsync();
        _deadline.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_query_that_is_over_at_once_is_told_to_who_asked(bool fails)
    {
        using var lookups = new SharedLookups(
            _actors,
            "lookups",
            (_, _) => AnswerAtOnce(fails),
            LookupPlace.Alone,
            new LookupOptions { Keep = TimeSpan.Zero },
            NullLoggerFactory.Instance);
        Assert.Equal(1, await CountAsync(lookups, FakeQuery.Key(1)));
    }

    private static async IAsyncEnumerable<LookupReply> AnswerAtOnce(bool fails)
    {
        await Task.CompletedTask;
        yield return FakeQuery.Reply(1);
        if (fails)
        {
            throw new DhtException(DhtError.RequestTimeout);
        }
    }

    private async Task<int> CountAsync(SharedLookups lookups, Fixed32 topic)
    {
        int count = 0;
        try
        {
            await foreach (LookupReply reply in lookups.LookupAsync(topic, _deadline.Token))
            {
                count++;
            }
        }
        catch (DhtException)
        {
        }

        return count;
    }
}

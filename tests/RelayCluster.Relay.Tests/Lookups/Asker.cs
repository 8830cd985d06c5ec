using RelayCluster.Actors.TestKit;
using RelayCluster.Dht;

namespace RelayCluster.Relay.Tests.Lookups;

/// <summary>Somebody who asked for a topic, and takes replies only when the test expects some.</summary>
internal sealed class Asker : IAsyncDisposable
{
    private readonly ActorTestKit _kit;
    private readonly CancellationTokenSource _leaving = new();
    private readonly IAsyncEnumerator<LookupReply> _replies;
    private Task<bool> _next;

    /// <summary>Asks, at once.</summary>
    public Asker(ActorTestKit kit, Func<CancellationToken, IAsyncEnumerable<LookupReply>> ask)
    {
        _kit = kit;
        _replies = ask(_leaving.Token).GetAsyncEnumerator();
        _next = _replies.MoveNextAsync().AsTask();
    }

    /// <summary>The next replies are those with the numbers <paramref name="from"/> and up.</summary>
    public void Expect(int from, int count = 1)
    {
        foreach (int number in Enumerable.Range(from, count))
        {
            Assert.True(_kit.RunUntilCompleted(_next));
            Assert.Equal(FakeQuery.Key(number), _replies.Current.Token);
            _next = _replies.MoveNextAsync().AsTask();
        }
    }

    public void ExpectNone()
    {
        _kit.RunUntilIdle();
        Assert.False(_next.IsCompleted);
    }

    public void ExpectEnd() => Assert.False(_kit.RunUntilCompleted(_next));

    public TException ExpectFailure<TException>()
        where TException : Exception => Assert.Throws<TException>(() => _kit.RunUntilCompleted(_next));

    /// <summary>Stops asking; the reply that is on its way already is taken.</summary>
    public void Leave()
    {
        _leaving.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            while (_kit.RunUntilCompleted(_next))
            {
                _next = _replies.MoveNextAsync().AsTask();
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        _kit.RunUntil(() => _next.IsCompleted, "the asker's end");
        await _replies.DisposeAsync();
        _leaving.Dispose();
    }
}

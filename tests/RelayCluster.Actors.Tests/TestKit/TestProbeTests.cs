using RelayCluster.Actors.TestKit;

namespace RelayCluster.Actors.Tests.TestKit;

public sealed class TestProbeTests : IAsyncDisposable
{
    private readonly ActorTestKit _kit = new();

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public void ExpectMessage_gives_the_messages_in_order()
    {
        TestProbe<object> probe = _kit.CreateProbe<object>();
        probe.Ref.TryTell("one");
        probe.Ref.TryTell(2);
        Assert.Equal(2, probe.Count);
        Assert.Equal("one", probe.ExpectMessage<string>());
        Assert.Throws<ExpectationException>(() => probe.ExpectMessage<string>());
    }

    [Fact]
    public void ExpectNone_tells_what_was_there()
    {
        TestProbe<object> probe = _kit.CreateProbe<object>();
        probe.ExpectNone();
        probe.Ref.TryTell("surprise");
        var exception = Assert.Throws<ExpectationException>(probe.ExpectNone);
        Assert.Contains("surprise", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Expectations_wait_for_what_comes_from_another_thread()
    {
        TestProbe<object> probe = _kit.CreateProbe<object>();
        Task sender = Task.Run(() => probe.Ref.TryTell("from afar"));
        Assert.Equal("from afar", probe.ExpectMessage());
        _kit.RunUntilCompleted(sender);
    }
}

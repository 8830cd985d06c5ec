using RelayCluster.Actors.Supervision;

namespace RelayCluster.Actors.Tests.Supervision;

public sealed class RestartHistoryTests
{
    [Fact]
    public void TryRestart_WithoutWindow_CountsTheWholeLife()
    {
        var history = new RestartHistory();
        Assert.True(history.TryRestart(TimeSpan.Zero, 1, null));
        Assert.False(history.TryRestart(TimeSpan.FromDays(365), 1, null));
    }

    [Fact]
    public void TryRestart_SlidingWindow_ForgetsOneAtATime()
    {
        var history = new RestartHistory();
        TimeSpan window = TimeSpan.FromSeconds(10);
        Assert.True(history.TryRestart(TimeSpan.FromSeconds(0), 2, window));
        Assert.True(history.TryRestart(TimeSpan.FromSeconds(6), 2, window));
        Assert.False(history.TryRestart(TimeSpan.FromSeconds(9), 2, window));
        Assert.True(history.TryRestart(TimeSpan.FromSeconds(10), 2, window));
        Assert.False(history.TryRestart(TimeSpan.FromSeconds(15), 2, window));
        Assert.True(history.TryRestart(TimeSpan.FromSeconds(16), 2, window));
    }
}

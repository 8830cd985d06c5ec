using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using RelayCluster.Host.Endpoints;
using RelayCluster.Host.Tests.Hosting;

namespace RelayCluster.Host.Tests.Endpoints;

public sealed class ConnectionEndTests
{
    private readonly FakeTime _time = new();
    private readonly Pipe _output = new();

    [Fact]
    public async Task A_connection_that_closes_by_itself_is_not_cut()
    {
        using var closed = new CancellationTokenSource();
        var connection = new Connection(_output.Writer, closed.Token);
        Task ending = new ConnectionEnd(_time).CloseAsync(connection);
        Assert.False(ending.IsCompleted);
        Assert.True((await _output.Reader.ReadAsync()).IsCompleted);

        await closed.CancelAsync();

        await ending.WaitAsync(RunningRelay.Deadline);
        Assert.False(connection.IsAborted);
    }

    [Fact]
    public async Task A_connection_whose_client_does_not_read_is_cut_after_a_moment()
    {
        var connection = new Connection(_output.Writer, CancellationToken.None);
        Task ending = new ConnectionEnd(_time).CloseAsync(connection);
        Assert.False(connection.IsAborted);

        _time.FireTimers();

        await ending.WaitAsync(RunningRelay.Deadline);
        Assert.True(connection.IsAborted);
    }

    private sealed class Connection : DefaultConnectionContext
    {
        public Connection(PipeWriter output, CancellationToken closed)
        {
            Transport = new DuplexPipe(output);
            ConnectionClosed = closed;
        }

        public bool IsAborted { get; private set; }

        public override void Abort(ConnectionAbortedException abortReason) => IsAborted = true;
    }

    private sealed record DuplexPipe(PipeWriter Output) : IDuplexPipe
    {
        public PipeReader Input => throw new NotSupportedException();
    }

    /// <summary>Its timers fire when told to, whenever they are due.</summary>
    private sealed class FakeTime : TimeProvider
    {
        private readonly List<Action> _timers = [];

        public void FireTimers() => _timers.ForEach(timer => timer());

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add(() => callback(state));
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}

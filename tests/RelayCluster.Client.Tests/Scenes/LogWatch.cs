using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RelayCluster.Client.Tests.Scenes;

/// <summary>Sees in the log what shows nowhere else.</summary>
internal sealed class LogWatch : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<int> _events = new();

    public Task SeeReadingPausedAsync() =>
        Deadlines.UntilAsync(() => _events.Contains(8002), "the session to read no more");

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) => _events.Enqueue(eventId.Id);

    public void Dispose()
    {
    }
}

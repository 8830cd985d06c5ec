using System.Diagnostics.Metrics;
using RelayCluster.Actors.Supervision;

namespace RelayCluster.Actors.TestKit;

/// <summary>
/// An actor system for scenarios: time is virtual, and turns run on the test's own thread, when it says so. A test that
/// fails fails the same way each time.
/// </summary>
/// <remarks>
/// Three things move a scenario: <see cref="RunUntilIdle"/> executes all turns that are due, <see cref="Advance"/> moves
/// the clock with all turns on the way, and the expectations of a <see cref="TestProbe{TMessage}"/> do the first before
/// they look. Where an actor waits for something real (a pipe, a thread pool task), an expectation also waits for it, in
/// real time, under a deadline that only a failing test reaches.
/// </remarks>
public sealed class ActorTestKit : IAsyncDisposable
{
    private readonly StepDispatcher _dispatcher = new();
    private readonly List<DeadLetter> _deadLetters = [];
    private readonly List<ActorFailure> _failures = [];
    private int _probes;

    /// <summary>A new system at time zero.</summary>
    /// <param name="supervision">For top-level actors; by default they are stopped when they fail.</param>
    /// <param name="meterFactory">Where the system's meter comes from; by default it is not measured.</param>
    public ActorTestKit(SupervisionStrategy? supervision = null, IMeterFactory? meterFactory = null)
    {
        System = new ActorSystem(new ActorSystemOptions
        {
            TimeProvider = Clock,
            Dispatcher = _dispatcher,
            MeterFactory = meterFactory,
            Supervision = supervision ?? SupervisionStrategy.Stopping,
            OnDeadLetter = letter => Add(_deadLetters, letter),
            OnFailure = failure => Add(_failures, failure),
        });
    }

    /// <summary>How long an expectation waits in real time for what does not depend on virtual time.</summary>
    public static TimeSpan RealDeadline { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Where turns wait for the test; for a second system that is to run in step with this one.</summary>
    public ActorDispatcher Dispatcher => _dispatcher;

    /// <summary>The clock that the test advances.</summary>
    public VirtualClock Clock { get; } = new();

    /// <summary>The system under test.</summary>
    public ActorSystem System { get; }

    /// <summary>The messages that reached nobody so far.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters => Copy(_deadLetters);

    /// <summary>The failures so far.</summary>
    public IReadOnlyList<ActorFailure> Failures => Copy(_failures);

    /// <summary>An actor that keeps what it is told for the test to look at.</summary>
    public TestProbe<TMessage> CreateProbe<TMessage>(string? name = null) => new(this, name ?? $"probe-{++_probes}");

    /// <summary>Executes turns until none is due.</summary>
    public void RunUntilIdle()
    {
        while (_dispatcher.TryStep())
        {
        }
    }

    /// <summary>Moves the clock on, and executes the turns that fall due at each instant before the next one.</summary>
    public void Advance(TimeSpan by)
    {
        RunUntilIdle();
        TimeSpan end = Clock.Elapsed + by;
        while (Clock.UntilNextTimer is { } next && Clock.Elapsed + next <= end)
        {
            Clock.Advance(next);
            RunUntilIdle();
        }

        Clock.Advance(end - Clock.Elapsed);
        RunUntilIdle();
    }

    /// <summary>Executes turns until a condition holds, waiting in real time for what has to come from outside.</summary>
    /// <exception cref="ExpectationException">It did not hold within <see cref="RealDeadline"/>.</exception>
    public void RunUntil(Func<bool> condition, string what)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            RunUntilIdle();
            if (condition())
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(start) > RealDeadline)
            {
                throw new ExpectationException($"Not within {RealDeadline}: {what}");
            }

            // A short wait: the condition may come true without a turn.
            _dispatcher.WaitForTurn(TimeSpan.FromMilliseconds(5));
        }
    }

    /// <summary>Executes turns until a task is over, and gives its result or throws its exception.</summary>
    public T RunUntilCompleted<T>(Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        RunUntil(() => task.IsCompleted, "the task's end");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Executes turns until a task is over, and throws its exception if it has one.</summary>
    public void RunUntilCompleted(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        RunUntil(() => task.IsCompleted, "the task's end");
        task.GetAwaiter().GetResult();
    }

    /// <summary>Stops the system and executes turns until all its actors are gone.</summary>
    public ValueTask DisposeAsync()
    {
        Task stop = System.StopAsync();
        RunUntilCompleted(stop);
        return ValueTask.CompletedTask;
    }

    private static void Add<T>(List<T> list, T item)
    {
        lock (list)
        {
            list.Add(item);
        }
    }

    private static T[] Copy<T>(List<T> list)
    {
        lock (list)
        {
            return [.. list];
        }
    }
}

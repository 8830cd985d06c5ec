using System.Diagnostics.Metrics;
using RelayCluster.Actors.Supervision;

namespace RelayCluster.Actors;

/// <summary>What an actor system runs on and whom it tells.</summary>
public sealed class ActorSystemOptions
{
    /// <summary>The clock of timers and time-outs; tests put a virtual one here.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where turns run; null for the thread pool.</summary>
    public ActorDispatcher? Dispatcher { get; set; }

    /// <summary>What becomes of a top-level actor that fails; by default it is stopped.</summary>
    public SupervisionStrategy Supervision { get; set; } = SupervisionStrategy.Stopping;

    /// <summary>
    /// Told of each message that reached no actor. It is called on the thread that found out and must neither block nor
    /// throw. Null: dead letters are dropped silently.
    /// </summary>
    public Action<DeadLetter>? OnDeadLetter { get; set; }

    /// <summary>
    /// Told of each exception that left an actor's turn, before its supervisor decides. It must neither block nor throw.
    /// </summary>
    public Action<ActorFailure>? OnFailure { get; set; }

    /// <summary>Where the meter <c>RelayCluster.Actors</c> comes from. Null: the system is not measured.</summary>
    public IMeterFactory? MeterFactory { get; set; }
}

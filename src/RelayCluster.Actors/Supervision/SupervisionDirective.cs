namespace RelayCluster.Actors.Supervision;

/// <summary>What a supervisor does about a failed child.</summary>
public enum SupervisionDirective
{
    /// <summary>
    /// The child goes on with its next message; the one it failed at is lost, its state stays. A child that could not even
    /// be made has nothing to go on with, and stops.
    /// </summary>
    Resume,

    /// <summary>The child's children and operations end, and a new instance takes over its reference and mailbox.</summary>
    Restart,

    /// <summary>The child stops.</summary>
    Stop,

    /// <summary>The child stops, and the supervisor fails with the same exception, for its own supervisor to judge.</summary>
    Escalate,
}

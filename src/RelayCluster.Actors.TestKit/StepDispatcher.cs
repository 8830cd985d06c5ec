namespace RelayCluster.Actors.TestKit;

/// <summary>Keeps turns until the test's thread executes them, in the order in which they fell due.</summary>
internal sealed class StepDispatcher : ActorDispatcher
{
    private readonly object _gate = new();
    private readonly Queue<IThreadPoolWorkItem> _turns = new();

    public override void Schedule(IThreadPoolWorkItem turn)
    {
        lock (_gate)
        {
            _turns.Enqueue(turn);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Executes one turn; false if none is due.</summary>
    public bool TryStep()
    {
        IThreadPoolWorkItem? turn;
        lock (_gate)
        {
            _turns.TryDequeue(out turn);
        }

        turn?.Execute();
        return turn is not null;
    }

    /// <summary>Waits in real time until a turn is due; false if none came.</summary>
    public bool WaitForTurn(TimeSpan atMost)
    {
        lock (_gate)
        {
            return _turns.Count > 0 || Monitor.Wait(_gate, atMost);
        }
    }
}

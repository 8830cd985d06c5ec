namespace RelayCluster.Actors.Cells;

/// <summary>Brings the outcome of an operation into a turn of the actor that waits for it.</summary>
internal abstract class WaitSignal : Signal
{
    private readonly ActorCell _cell;
    private readonly Action<Exception> _failed;

    protected WaitSignal(ActorCell cell, Action<Exception> failed)
    {
        _cell = cell;
        _failed = failed;
        Arrive = () => cell.Send(this);
    }

    /// <summary>The operation's continuation.</summary>
    public Action Arrive { get; }

    public bool IsPending { get; private set; }

    public void Begin()
    {
        if (IsPending)
        {
            throw new InvalidOperationException($"{_cell.Path} is waiting for another operation here already");
        }

        IsPending = true;
        _cell.BeginOperation();
    }

    public override void Handle(ActorCell cell)
    {
        IsPending = false;
        cell.EndOperation();
        if (cell.IsClosing)
        {
            DiscardNow(cell);
            return;
        }

        Action next;
        try
        {
            next = TakeOutcome();
        }
        catch (Exception exception)
        {
            _failed(exception);
            return;
        }

        next();
    }

    /// <summary>Returns what to do with the success, or throws what the operation failed at.</summary>
    protected abstract Action TakeOutcome();

    /// <summary>Gives back what nobody will receive, or throws what the operation failed at.</summary>
    protected abstract void DiscardOutcome();

    private void DiscardNow(ActorCell cell)
    {
        try
        {
            DiscardOutcome();
        }
        catch (Exception)
        {
            // The operation was cancelled because its actor ends: whatever it failed at, nobody is left who asked.
        }

        cell.ContinueClosing();
    }
}

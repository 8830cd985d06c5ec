namespace RelayCluster.Actors.Cells;

/// <summary>The address of a cell.</summary>
internal sealed class CellRef<TMessage>(ActorCell<TMessage> cell) : ActorRef<TMessage>
{
    public override string Path => cell.Path;

    public override string Name => cell.Name;

    public override Task Termination => cell.Termination;

    internal override ActorCell Cell => cell;

    internal override ActorSystem System => cell.System;

    public override bool TryTell(TMessage message) => cell.TryTell(message);

    public override ValueTask<bool> TellAsync(TMessage message, CancellationToken cancellationToken = default) =>
        cell.TellAsync(message, cancellationToken);
}

namespace RelayCluster.Udx.Sockets;

/// <summary>Something that a <see cref="DeadlineQueue{T}"/> holds; the queue keeps its books in it.</summary>
internal interface IDeadlineHolder
{
    /// <summary>The place in the queue, -1 when it is not in it. Only the queue writes it.</summary>
    int DeadlineIndex { get; set; }
}

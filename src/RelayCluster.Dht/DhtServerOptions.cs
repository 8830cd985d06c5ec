namespace RelayCluster.Dht;

/// <summary>How a server takes its clients. A server takes a copy when it starts.</summary>
public sealed class DhtServerOptions
{
    /// <summary>
    /// Asked for every client before it is answered: true lets it in. False, an exception and no answer within
    /// <see cref="AdmitTimeout"/> keep it out: it gets no answer, as if the server were not there, and fails with
    /// <c>PEER_CONNECTION_FAILED</c>. Default null: everybody is let in. Called on the thread pool, for several clients
    /// at once.
    /// </summary>
    public Func<DhtClient, CancellationToken, ValueTask<bool>>? Admit { get; set; }

    /// <summary>
    /// How long <see cref="Admit"/> may take. Clients give up after some four seconds, so the default of 10 s is
    /// generous.
    /// </summary>
    public TimeSpan AdmitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many connections may wait to be taken, 1 or more; while so many wait, new clients are not answered.
    /// Default 128.
    /// </summary>
    public int Backlog { get; set; } = 128;

    /// <summary>
    /// How many handshakes may be under way at once, 1 or more; clients beyond are not answered, and ask again. Each
    /// one holds some kilobytes until its client has come, for 10 s at most. Default 1024.
    /// </summary>
    public int MaxPendingHandshakes { get; set; } = 1024;

    /// <summary>
    /// How many bytes each connection's transport holds in each direction, 1 or more; null for the node's default. See
    /// <see cref="DhtConnectOptions.BufferBytes"/>.
    /// </summary>
    public int? BufferBytes { get; set; }

    /// <summary>
    /// What each connection's transport takes its share of, in the place of <see cref="BufferBytes"/>, when its client was
    /// let in; null for no such budget.
    /// </summary>
    public IBufferBudget? Buffers { get; set; }

    /// <summary>What a server takes when it starts: these options as they are now, checked.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    public DhtServerOptions Copy()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferBytes ?? 1, 1, nameof(BufferBytes));
        ArgumentOutOfRangeException.ThrowIfLessThan(Backlog, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPendingHandshakes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AdmitTimeout, TimeSpan.Zero);
        return (DhtServerOptions)MemberwiseClone();
    }
}

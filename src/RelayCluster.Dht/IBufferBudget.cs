namespace RelayCluster.Dht;

/// <summary>
/// What the transports of several connections may hold together. Each takes its share before its handshake, because a
/// receive window that was once told to a peer cannot be taken back, and gives it back at its end. Used from any thread.
/// </summary>
public interface IBufferBudget
{
    /// <summary>A share: how many bytes a connection's transport holds in each direction, 1 or more.</summary>
    int Take();

    /// <summary>The connection is over, or did not come about.</summary>
    void GiveBack(int share);
}

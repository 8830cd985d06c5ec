using RelayCluster.Host.Reports;

namespace RelayCluster.Host.Forwarding;

/// <summary>What goes through a command, for its status line. All members may be used on any thread.</summary>
internal sealed class Traffic
{
    private int _opened;
    private int _open;
    private long _sent;
    private long _received;

    /// <summary>A connection opens.</summary>
    /// <returns>Its number, from 1.</returns>
    public int Open()
    {
        Interlocked.Increment(ref _open);
        return Interlocked.Increment(ref _opened);
    }

    public void Close() => Interlocked.Decrement(ref _open);

    public void AddSent(int bytes) => Interlocked.Add(ref _sent, bytes);

    public void AddReceived(int bytes) => Interlocked.Add(ref _received, bytes);

    public override string ToString() =>
        $"{Volatile.Read(ref _open)} open of {Volatile.Read(ref _opened)} connections; " +
        $"{ByteCount.Format(Volatile.Read(ref _sent))} sent, {ByteCount.Format(Volatile.Read(ref _received))} received";
}

using RelayCluster.Dht;

namespace RelayCluster.Relay.Buffers;

/// <summary>
/// What a session's streams may hold below the relay, in the buffers of their own transport: each takes its share when it
/// is dialled, or when its peer was let in.
/// </summary>
/// <remarks>
/// A share is an eighth of what is left, so that one stream is fast and many fit; when little is left, it is
/// <see cref="LeastBytes"/>, and the sum goes beyond the budget by that for each stream.
/// </remarks>
internal sealed class TransportBudget(int bytes, int mostBytes) : IBufferBudget
{
    /// <summary>A dozen packets: less, and a stream would wait for each acknowledgement.</summary>
    public const int LeastBytes = 16 * 1024;

    private readonly Lock _lock = new();
    private readonly int _mostBytes = Math.Max(mostBytes, LeastBytes);
    private int _free = bytes;

    /// <summary>A share, to be given back when the stream is gone.</summary>
    public int Take()
    {
        lock (_lock)
        {
            int share = Math.Clamp(_free / 8, LeastBytes, _mostBytes);
            _free -= share;
            return share;
        }
    }

    public void GiveBack(int share)
    {
        lock (_lock)
        {
            _free += share;
        }
    }
}

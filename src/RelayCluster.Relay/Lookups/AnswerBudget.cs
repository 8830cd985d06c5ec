using RelayCluster.Dht;

namespace RelayCluster.Relay.Lookups;

/// <summary>The bytes of answers that are held for those who ask, or may still ask, for the same. Any thread.</summary>
/// <param name="maxBytes">How many there may be in all.</param>
internal sealed class AnswerBudget(int maxBytes)
{
    /// <summary>An answer of many announcers has a tenth of this; one that is longer is somebody's trick.</summary>
    private const int Answers = 16;

    private long _held;

    /// <summary>How much one answer may have of it.</summary>
    public int MaxAnswerBytes { get; } = maxBytes / Answers;

    public long HeldBytes => Volatile.Read(ref _held);

    /// <summary>About what a reply takes in memory.</summary>
    public static int SizeOf(LookupReply reply)
    {
        const int Reply = 256;
        const int Peer = 96;
        const int Address = 64;
        int size = Reply;
        foreach (DhtPeer peer in reply.Peers)
        {
            size += Peer + (peer.RelayAddresses.Count * Address);
        }

        return size;
    }

    public bool TryHold(int bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= maxBytes)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    public void Release(int bytes) => Interlocked.Add(ref _held, -bytes);
}

using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Rpc.Nat;

/// <summary>
/// What others see as our address. Every message says how its sender addresses us; each node that we know is heard once
/// in half an hour. The last 16 witnesses count, and nearly all must agree: all of fewer than 4, all but one of fewer
/// than 8, all but two of fewer than 12, all but three of more. Single liars and a stale mapping so change nothing.
/// </summary>
internal sealed class NatSampler
{
    private const int MaxSamples = 16;

    private readonly UdpEndPoint[] _samples = new UdpEndPoint[MaxSamples];
    private int _next;

    /// <summary>How many samples count.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// The address that the witnesses agree on, with port 0 if they only disagree on the port; else null.
    /// </summary>
    public UdpEndPoint? Consensus { get; private set; }

    /// <summary>What the samples say of the NAT before us.</summary>
    public NatKind Kind => Consensus switch
    {
        null => NatKind.Unknown,
        { Port: 0 } => NatKind.Random,
        _ => NatKind.Consistent,
    };

    /// <summary>Hears a witness; true if the consensus changed.</summary>
    public bool Add(UdpEndPoint seenAs)
    {
        _samples[_next] = seenAs;
        _next = (_next + 1) % MaxSamples;
        Count = Math.Min(Count + 1, MaxSamples);

        UdpEndPoint? before = Consensus;
        Consensus = FindConsensus();
        return before != Consensus;
    }

    private UdpEndPoint? FindConsensus()
    {
        int quorum = Count - Math.Min(Count / 4, 3);
        ReadOnlySpan<UdpEndPoint> samples = _samples.AsSpan(0, Count);
        foreach (UdpEndPoint candidate in samples)
        {
            if (samples.Count(candidate) >= quorum)
            {
                return candidate;
            }
        }

        foreach (UdpEndPoint candidate in samples)
        {
            int agreeing = 0;
            foreach (UdpEndPoint sample in samples)
            {
                agreeing += sample.Address == candidate.Address ? 1 : 0;
            }

            if (agreeing >= quorum)
            {
                return new UdpEndPoint(candidate.Address, 0);
            }
        }

        return null;
    }
}

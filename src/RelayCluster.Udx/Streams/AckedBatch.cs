using RelayCluster.Udx.Recovery;

namespace RelayCluster.Udx.Streams;

/// <summary>The packets that one acknowledgement takes out of flight.</summary>
internal struct AckedBatch(TimeSpan now)
{
    public TimeSpan Now { get; } = now;

    public int Packets { get; private set; }

    /// <summary>The round trip of the one sent last, since what was sent before may have waited for it to be
    /// acknowledged together; null if none of them was sent only once (Karn's rule).</summary>
    public TimeSpan? RoundTrip { get; private set; }

    public void Add(in SentPacket packet)
    {
        Packets++;
        if (!packet.IsRetransmitted)
        {
            TimeSpan sample = Now - packet.SentAt;
            RoundTrip = sample < RoundTrip ? sample : RoundTrip ?? sample;
        }
    }
}

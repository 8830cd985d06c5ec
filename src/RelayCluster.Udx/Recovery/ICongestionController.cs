using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Recovery;

/// <summary>
/// Decides how many packets may be under way. It is told facts and asked for one number; it sends nothing and waits for
/// nothing.
/// </summary>
internal interface ICongestionController
{
    /// <summary>How many packets may be in flight, at least 1.</summary>
    int WindowPackets { get; }

    /// <summary>How much faster than one window a round trip packets may leave: more than 1, or pacing would hold the
    /// window down.</summary>
    double PacingGain { get; }

    /// <summary>An acknowledgement took packets out of flight.</summary>
    void OnAcked(in AckSample sample);

    /// <summary>Packets were found lost, and the stream was not in recovery: one congestion event.</summary>
    void OnCongestion(TimeSpan now, SequenceNumber next);

    /// <summary>The retransmission timer ran out: nothing is known of the path any more.</summary>
    void OnTimeout(TimeSpan now);

    /// <summary>Sending begins again after nothing was in flight for <paramref name="idle"/>.</summary>
    void OnIdle(TimeSpan idle, TimeSpan timeout);
}

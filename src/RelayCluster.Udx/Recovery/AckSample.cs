using RelayCluster.Udx.Packets;

namespace RelayCluster.Udx.Recovery;

/// <summary>What one acknowledgement told.</summary>
internal readonly record struct AckSample
{
    public required TimeSpan Now { get; init; }

    /// <summary>How many packets it newly acknowledged, selectively or not.</summary>
    public required int Packets { get; init; }

    /// <summary>The first packet not acknowledged.</summary>
    public required SequenceNumber Acked { get; init; }

    /// <summary>The number of the next new packet.</summary>
    public required SequenceNumber Next { get; init; }

    /// <summary>The round trip of a packet in it; null if all had been sent more than once.</summary>
    public required TimeSpan? RoundTrip { get; init; }

    public required TimeSpan SmoothedRoundTrip { get; init; }

    /// <summary>Whether the congestion window, and not the application or the receiver, held sending back.</summary>
    public required bool IsWindowLimited { get; init; }

    /// <summary>Whether the stream is repairing a loss.</summary>
    public required bool IsInRecovery { get; init; }
}

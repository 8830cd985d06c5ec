using RelayCluster.Udx.Streams;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>What callers of the DHT are told of how a UDX stream ended.</summary>
internal static class UdxStreamOutcomes
{
    /// <summary>Null: both sides have ended.</summary>
    public static DhtException? ToFailure(this UdxStreamOutcome outcome) => outcome switch
    {
        UdxStreamOutcome.Ended => null,
        UdxStreamOutcome.TimedOut => new DhtException(DhtError.StreamTimeout),
        UdxStreamOutcome.SocketClosed => new DhtException(DhtError.NodeDestroyed),
        _ => new DhtException(DhtError.StreamReset),
    };
}

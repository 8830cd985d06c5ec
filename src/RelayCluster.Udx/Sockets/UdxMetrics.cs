using System.Diagnostics.Metrics;

namespace RelayCluster.Udx.Sockets;

/// <summary>
/// What a socket tells about itself; the meter is <c>RelayCluster.Udx</c>. All instruments are observed: the loop
/// counts in plain fields, and a collector reads them when it wants to.
/// </summary>
internal sealed class UdxMetrics : IDisposable
{
    public const string MeterName = "RelayCluster.Udx";

    private static readonly KeyValuePair<string, object?> Received = new("direction", "received");
    private static readonly KeyValuePair<string, object?> Sent = new("direction", "sent");

    private readonly Meter _meter;

    public UdxMetrics(IMeterFactory factory, SocketCounters counters, Func<int> countStreams)
    {
        _meter = factory.Create(MeterName);
        _meter.CreateObservableCounter<long>(
            "udx.packets",
            () => [new(counters.PacketsReceived, Received), new(counters.PacketsSent, Sent)],
            "{packet}",
            "UDP packets, those of the DHT included, by direction.");
        _meter.CreateObservableCounter<long>(
            "udx.bytes",
            () => [new(counters.BytesReceived, Received), new(counters.BytesSent, Sent)],
            "By",
            "Bytes in UDP packets, without the headers of UDP and IP, by direction.");
        _meter.CreateObservableCounter(
            "udx.retransmissions",
            () => counters.PacketsRetransmitted,
            "{packet}",
            "Packets of streams that were sent more than once.");
        _meter.CreateObservableUpDownCounter(
            "udx.streams", countStreams, "{stream}", "UDX streams, those that have ended and linger included.");
    }

    /// <summary>A factory's meter is the factory's, and may outlive this: then it tells the last figures.</summary>
    public void Dispose() => _meter.Dispose();
}

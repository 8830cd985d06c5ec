using BenchmarkDotNet.Attributes;
using RelayCluster.Udx.Packets;

namespace RelayCluster.Benchmarks.Udx;

/// <summary>What a UDX packet's header costs: once a datagram, in each direction.</summary>
[MemoryDiagnoser]
public class PacketHeaderBenchmarks
{
    private static readonly PacketHeader Header = new()
    {
        Types = PacketTypes.Data,
        StreamId = 4711,
        ReceiveWindow = 1 << 20,
        Sequence = new SequenceNumber(1000),
        Ack = new SequenceNumber(2000),
    };

    private readonly byte[] _datagram = new byte[1200];

    [GlobalSetup]
    public void Setup() => Header.Write(_datagram);

    [Benchmark]
    public void Write() => Header.Write(_datagram);

    [Benchmark]
    public bool Read() => PacketHeader.TryRead(_datagram, out PacketHeader header)
        && header.TrySplitBody(_datagram.AsSpan(PacketHeader.Size), out _, out _);
}

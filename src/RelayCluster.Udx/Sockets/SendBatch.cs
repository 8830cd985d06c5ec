namespace RelayCluster.Udx.Sockets;

/// <summary>
/// The datagrams that go out in one call of the driver. The state machines write them one by one; neighbours of one size
/// for one endpoint are joined into runs.
/// </summary>
internal sealed class SendBatch
{
    /// <summary>Room that a writer is promised for a datagram.</summary>
    public const int MaxDatagramBytes = 2048;

    public const int MaxRuns = 64;

    // 64 is UDP_MAX_SEGMENTS of older kernels, 65,507 what one UDP datagram can have, which a run is to the kernel.
    private const int MaxRunDatagrams = 64;
    private const int MaxRunBytes = 65_000;
    private const int BufferBytes = 256 * 1024;

    private readonly DatagramRun[] _runs = new DatagramRun[MaxRuns];
    private int _used;

    /// <summary>The datagrams. Pinned, so that the kernel can be pointed at them.</summary>
    public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);

    public int RunCount { get; private set; }

    public Span<DatagramRun> Runs => _runs.AsSpan(0, RunCount);

    /// <summary>Whether the batch has to be sent before another datagram can be written.</summary>
    public bool IsFull => _used + MaxDatagramBytes > BufferBytes || RunCount == MaxRuns;

    /// <summary>Where the next datagram is to be written.</summary>
    public Span<byte> Free => Buffer.AsSpan(_used, MaxDatagramBytes);

    /// <summary>Takes the datagram that was written to <see cref="Free"/>.</summary>
    public void Commit(UdpEndPoint receiver, int length)
    {
        if (RunCount > 0)
        {
            ref DatagramRun last = ref _runs[RunCount - 1];
            bool isOpen = last.Length == last.DatagramCount * last.SegmentBytes;
            if (isOpen && length <= last.SegmentBytes && last.EndPoint == receiver &&
                last.DatagramCount < MaxRunDatagrams && last.Length + length <= MaxRunBytes)
            {
                last.Length += length;
                last.DatagramCount++;
                _used += length;
                return;
            }
        }

        _runs[RunCount++] = new DatagramRun
        {
            EndPoint = receiver,
            Offset = _used,
            Length = length,
            SegmentBytes = length,
            DatagramCount = 1,
        };
        _used += length;
    }

    public void Clear()
    {
        RunCount = 0;
        _used = 0;
    }
}

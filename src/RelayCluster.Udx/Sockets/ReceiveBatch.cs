namespace RelayCluster.Udx.Sockets;

/// <summary>What one call of the driver received: a slot of the buffer for each message of the kernel.</summary>
internal sealed class ReceiveBatch(int slots, int slotBytes)
{
    private readonly DatagramRun[] _runs = new DatagramRun[slots];

    /// <summary>The datagrams. Pinned, so that the kernel can be pointed at them.</summary>
    public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(slots * slotBytes, pinned: true);

    public int SlotCount => slots;

    public int SlotBytes => slotBytes;

    public int RunCount { get; private set; }

    /// <summary>Whether more may be waiting in the kernel.</summary>
    public bool IsFull => RunCount == slots;

    public ReadOnlySpan<DatagramRun> Runs => _runs.AsSpan(0, RunCount);

    /// <summary>Where a slot's bytes are.</summary>
    public Span<byte> Slot(int index) => Buffer.AsSpan(index * slotBytes, slotBytes);

    /// <summary>Takes what was received into a slot.</summary>
    public void Add(int slot, UdpEndPoint sender, int length, int segmentBytes)
    {
        _runs[RunCount++] = new DatagramRun
        {
            EndPoint = sender,
            Offset = slot * slotBytes,
            Length = length,
            SegmentBytes = segmentBytes,
        };
    }

    public void Clear() => RunCount = 0;
}

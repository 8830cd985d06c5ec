using System.Buffers;
using System.Collections.Concurrent;

namespace RelayCluster.Udx.Sockets;

/// <summary>
/// The blocks that the pipes of a socket's streams are made of. A block is rented on one thread and given back on
/// another, hundreds at a time when a window moves; the shared pool, whose places are per core, drops most of those and
/// allocates anew: as many bytes as went through, where this one settles at none.
/// </summary>
internal sealed class SegmentPool : MemoryPool<byte>
{
    /// <summary>Large enough for a run of packets to be copied from one piece, small enough for thousands of streams with
    /// a few bytes under way each.</summary>
    public const int BlockBytes = 16 * 1024;

    // 16 MiB, what a few streams at full windows use; beyond it blocks are left to the collector.
    private const int MaxFreeBlocks = 1024;

    private readonly ConcurrentQueue<Block> _free = new();
    private int _freeCount;

    public override int MaxBufferSize => BlockBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_free.TryDequeue(out Block? block))
        {
            return new Block(this);
        }

        Interlocked.Decrement(ref _freeCount);
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        // Pipes may outlive the socket, and give their blocks back to nobody then.
    }

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _freeCount) > MaxFreeBlocks)
        {
            Interlocked.Decrement(ref _freeCount);
            return;
        }

        _free.Enqueue(block);
    }

    private sealed class Block(SegmentPool pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _array = GC.AllocateUninitializedArray<byte>(BlockBytes);

        public Memory<byte> Memory => _array;

        public void Dispose() => pool.Return(this);
    }
}

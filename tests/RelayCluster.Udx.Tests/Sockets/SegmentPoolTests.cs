using System.Buffers;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Udx.Tests.Sockets;

public sealed class SegmentPoolTests : IDisposable
{
    private readonly SegmentPool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_block_given_back_is_rented_again()
    {
        IMemoryOwner<byte> block = _pool.Rent(100);
        Assert.Equal(SegmentPool.BlockBytes, block.Memory.Length);

        block.Dispose();

        Assert.Same(block, _pool.Rent());
    }

    [Fact]
    public void More_than_a_block_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(SegmentPool.BlockBytes + 1));
}

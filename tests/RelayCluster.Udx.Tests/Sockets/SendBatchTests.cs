using RelayCluster.Udx.Sockets;

namespace RelayCluster.Udx.Tests.Sockets;

public sealed class SendBatchTests
{
    private static readonly UdpEndPoint First = UdpEndPoint.Parse("127.0.0.1:1");
    private static readonly UdpEndPoint Second = UdpEndPoint.Parse("127.0.0.1:2");

    private readonly SendBatch _batch = new();

    [Fact]
    public void Equal_neighbours_make_a_run_that_a_shorter_one_closes()
    {
        Commit(First, 1200, 1200, 500, 500);

        Assert.Equal([2900, 500], Lengths());
        Assert.Equal(3, _batch.Runs[0].DatagramCount);
    }

    [Fact]
    public void A_longer_one_and_another_receiver_start_a_run()
    {
        Commit(First, 1200, 1300);
        Commit(Second, 1300);

        Assert.Equal([1200, 1300, 1300], Lengths());
    }

    [Fact]
    public void A_run_has_at_most_what_the_kernel_takes()
    {
        Commit(First, [.. Enumerable.Repeat(1400, 100)]);
        Commit(Second, [.. Enumerable.Repeat(20, 100)]);

        Assert.All(_batch.Runs.ToArray(), run => Assert.True(run.Length <= 65_000 && run.DatagramCount <= 64));
        Assert.Equal((100 * 1400) + (100 * 20), Lengths().Sum());
    }

    [Fact]
    public void A_full_batch_says_so()
    {
        int count = 0;
        for (; !_batch.IsFull; count++)
        {
            Commit(First, 1400);
        }

        Assert.InRange(count, 150, 190);
        _batch.Clear();
        Assert.False(_batch.IsFull);
    }

    private void Commit(UdpEndPoint to, params int[] lengths)
    {
        foreach (int length in lengths)
        {
            Assert.True(_batch.Free.Length >= length);
            _batch.Commit(to, length);
        }
    }

    private int[] Lengths() => [.. _batch.Runs.ToArray().Select(run => run.Length)];
}

using System.Buffers;
using System.IO.Pipelines;
using RelayCluster.Dht.Hyper.Links;
using RelayCluster.Dht.Links;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Dht.Tests.Hyper.Links;

/// <summary>One carrier, and a test that is the other end of its link.</summary>
public sealed class LinkCarrierTests : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly DhtLink _far;
    private readonly LinkCarrier _carrier;

    public LinkCarrierTests()
    {
        (DhtLink near, _far) = DhtLink.CreatePair(BufferBytes);
        _carrier = new LinkCarrier(near, BufferBytes);
    }

    public async ValueTask DisposeAsync()
    {
        _carrier.Destroy();
        await _carrier.Running.WaitAsync(Deadline);
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task BothEnd_IsOverWhenTheOtherSideHasEverything()
    {
        await _carrier.Pipe.Output.WriteAsync("bytes"u8.ToArray());
        await _carrier.Pipe.Output.CompleteAsync();
        await SendAsync(LinkFrameKind.End);
        await ReadFrameAsync(LinkFrameKind.Data);
        await ReadFrameAsync(LinkFrameKind.End);
        Assert.True((await _far.Pipe.Input.ReadAsync().AsTask().WaitAsync(Deadline)).IsCompleted);
        Assert.False(_carrier.Completion.IsCompleted, "we have not closed");

        await _far.Pipe.Output.CompleteAsync();

        Assert.Equal(UdxStreamOutcome.Ended, await _carrier.Completion.WaitAsync(Deadline));
    }

    [Fact]
    public async Task LinkEnds_WithoutTheEndOfTheStream_IsAReset()
    {
        await SendAsync(LinkFrameKind.Data, 1, 2, 3);

        await _far.Pipe.Output.CompleteAsync();

        Assert.Equal(UdxStreamOutcome.ResetByPeer, await _carrier.Completion.WaitAsync(Deadline));
        await Assert.ThrowsAsync<IOException>(
            async () =>
            {
                while (true)
                {
                    ReadResult read = await _carrier.Pipe.Input.ReadAsync().AsTask().WaitAsync(Deadline);
                    _carrier.Pipe.Input.AdvanceTo(read.Buffer.End);
                }
            });
    }

    [Fact]
    public async Task LinkEnds_BehindTheirEnd_BeforeOurs_IsAReset()
    {
        await SendAsync(LinkFrameKind.End);
        Assert.True((await _carrier.Pipe.Input.ReadAsync().AsTask().WaitAsync(Deadline)).IsCompleted);

        await _far.DisposeAsync();

        Assert.Equal(UdxStreamOutcome.ResetByPeer, await _carrier.Completion.WaitAsync(Deadline));
    }

    [Theory]
    [InlineData(LinkFrameKind.Hello)]
    [InlineData(LinkFrameKind.Taken)]
    [InlineData(LinkFrameKind.Answer)]
    [InlineData(LinkFrameKind.Refused)]
    internal async Task FrameOfTheHandshake_IsAReset(LinkFrameKind kind)
    {
        await SendAsync(kind);

        Assert.Equal(UdxStreamOutcome.ResetByPeer, await _carrier.Completion.WaitAsync(Deadline));
    }

    [Fact]
    public async Task DataBehindTheEnd_IsAReset()
    {
        await SendAsync(LinkFrameKind.End);
        await SendAsync(LinkFrameKind.Data, 1);

        Assert.Equal(UdxStreamOutcome.ResetByPeer, await _carrier.Completion.WaitAsync(Deadline));
    }

    [Fact]
    public async Task OutputCompletedWithAnError_CutsTheLinkWithoutAnEnd()
    {
        await _carrier.Pipe.Output.CompleteAsync(new IOException("on purpose"));

        Assert.Equal(UdxStreamOutcome.Destroyed, await _carrier.Completion.WaitAsync(Deadline));
        await Assert.ThrowsAsync<IOException>(() => _far.Pipe.Input.ReadAsync().AsTask().WaitAsync(Deadline));
    }

    [Fact]
    public async Task InputCompleted_DropsWhatStillComes_AndGoesOnSending()
    {
        await _carrier.Pipe.Input.CompleteAsync(new IOException("enough"));
        for (int i = 0; i < 10; i++)
        {
            await SendAsync(LinkFrameKind.Data, new byte[20_000]).WaitAsync(Deadline);
        }

        await _carrier.Pipe.Output.WriteAsync(new byte[] { 7 });

        Assert.Equal([7], await ReadFrameAsync(LinkFrameKind.Data));
        Assert.False(_carrier.Completion.IsCompleted);
    }

    [Fact]
    public async Task NobodyReads_TheOtherSideHasToWait_AndCanStillBeDestroyed()
    {
        Task sending = Task.Run(async () =>
        {
            while (true)
            {
                await SendAsync(LinkFrameKind.Data, new byte[30_000]);
            }
        });
        await Assert.ThrowsAsync<TimeoutException>(() => sending.WaitAsync(TimeSpan.FromMilliseconds(200)));

        _carrier.Destroy();

        Assert.Equal(UdxStreamOutcome.Destroyed, await _carrier.Completion.WaitAsync(Deadline));
        await Assert.ThrowsAsync<IOException>(() => sending.WaitAsync(Deadline));
    }

    [Fact]
    public async Task NodeGoesAway_TellsSo()
    {
        _carrier.Abandon();

        Assert.Equal(UdxStreamOutcome.SocketClosed, await _carrier.Completion.WaitAsync(Deadline));
        await _carrier.Running.WaitAsync(Deadline);
    }

    private async Task SendAsync(LinkFrameKind kind, params byte[] body)
    {
        LinkFrame.Write(_far.Pipe.Output, kind, new ReadOnlySequence<byte>(body));
        FlushResult flush = await _far.Pipe.Output.FlushAsync();
        if (flush.IsCompleted)
        {
            throw new IOException("nobody is there");
        }
    }

    private async Task<byte[]> ReadFrameAsync(LinkFrameKind expected)
    {
        (LinkFrameKind Kind, byte[] Body)? frame = await new LinkHandshakeFrames(_far.Pipe)
            .ReadAsync(CancellationToken.None).AsTask().WaitAsync(Deadline);
        Assert.Equal(expected, frame!.Value.Kind);
        return frame.Value.Body;
    }
}

using System.IO.Pipelines;
using RelayCluster.Udx.Streams;
using RelayCluster.Udx.Tests.Interop;

namespace RelayCluster.Udx.Tests.Sockets;

public sealed class LoopbackTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));

    public void Dispose() => _deadline.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ten_megabytes_each_way_arrive_intact(bool native)
    {
        await using var pair = new SocketPair(native);
        (UdxStream a, UdxStream b) = pair.Connect();

        await ExchangeAsync(a, b, 10_000_000, seed: 1);

        Assert.Equal(UdxStreamOutcome.Ended, await a.Completion.WaitAsync(_deadline.Token));
        Assert.Equal(UdxStreamOutcome.Ended, await b.Completion.WaitAsync(_deadline.Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fifty_streams_at_once_arrive_intact(bool native)
    {
        await using var pair = new SocketPair(native);
        Task[] exchanges = [.. Enumerable.Range(0, 50).Select(i =>
        {
            (UdxStream a, UdxStream b) = pair.Connect((uint)i);
            return ExchangeAsync(a, b, 100_000, seed: i);
        })];

        await Task.WhenAll(exchanges);
    }

    [Fact]
    public async Task Destroy_resets_the_peer()
    {
        await using var pair = new SocketPair();
        (UdxStream a, UdxStream b) = pair.Connect();
        await GreetAsync(a, b);

        a.Destroy();

        Assert.Equal(UdxStreamOutcome.Destroyed, await a.Completion.WaitAsync(_deadline.Token));
        Assert.Equal(UdxStreamOutcome.ResetByPeer, await b.Completion.WaitAsync(_deadline.Token));
        await Assert.ThrowsAsync<IOException>(async () => await b.Pipe.Input.ReadAsync(_deadline.Token));
    }

    [Fact]
    public async Task Completing_the_output_with_an_error_destroys_the_stream()
    {
        await using var pair = new SocketPair();
        (UdxStream a, UdxStream b) = pair.Connect();
        await GreetAsync(a, b);

        await a.Pipe.Output.CompleteAsync(new InvalidOperationException());

        Assert.Equal(UdxStreamOutcome.Destroyed, await a.Completion.WaitAsync(_deadline.Token));
        Assert.Equal(UdxStreamOutcome.ResetByPeer, await b.Completion.WaitAsync(_deadline.Token));
    }

    [Fact]
    public async Task Disposing_the_socket_ends_its_streams_and_resets_their_peers()
    {
        await using var pair = new SocketPair();
        (UdxStream a, UdxStream b) = pair.Connect();
        await GreetAsync(a, b);

        await pair.A.DisposeAsync();

        Assert.Equal(UdxStreamOutcome.SocketClosed, await a.Completion.WaitAsync(_deadline.Token));
        Assert.Equal(UdxStreamOutcome.ResetByPeer, await b.Completion.WaitAsync(_deadline.Token));
    }

    [Fact]
    public async Task The_firewall_learns_the_first_sender_and_may_connect_to_it()
    {
        await using var pair = new SocketPair();
        UdxStream a = pair.A.CreateStream(1);
        UdxStream b = pair.B.CreateStream(2, new UdxStreamOptions
        {
            Firewall = (stream, from) =>
            {
                stream.Connect(1, from);
                return false;
            },
        });
        a.Connect(2, pair.B.LocalEndPoint);

        await ExchangeAsync(a, b, 10_000, seed: 3);

        Assert.Equal(pair.A.LocalEndPoint, b.RemoteEndPoint);
    }

    [Fact]
    public async Task A_stalled_reader_stops_the_writer_and_lets_it_go_on_later()
    {
        await using var pair = new SocketPair();
        var options = new UdxStreamOptions { ReceiveWindowBytes = 64 * 1024, SendBufferBytes = 64 * 1024 };
        (UdxStream a, UdxStream b) = pair.Connect(1, options);
        Task<string> writing = PipeTransfer.WriteAsync(a.Pipe.Output, 1_000_000, 5, _deadline.Token);
        ReadResult read = await b.Pipe.Input.ReadAtLeastAsync(60_000, _deadline.Token);
        Assert.InRange(read.Buffer.Length, 60_000, 64 * 1024);
        b.Pipe.Input.AdvanceTo(read.Buffer.Start);
        Assert.False(writing.IsCompleted);

        (int bytes, string hash) = await PipeTransfer.ReadAsync(b.Pipe.Input, _deadline.Token);

        Assert.Equal((1_000_000, await writing), (bytes, hash));
    }

    [Fact]
    public async Task A_stream_goes_on_at_another_endpoint_of_the_peer()
    {
        await using var pair = new SocketPair();
        (UdxStream a, UdxStream b) = pair.Connect();
        await GreetAsync(a, b);
        await using var proxy = new LossyProxy(pair.A.LocalEndPoint, pair.B.LocalEndPoint, loss: 0, seed: 1);

        a.ChangeRemote(b.LocalId, proxy.EndPoint);
        b.ChangeRemote(a.LocalId, proxy.EndPoint);

        await ExchangeAsync(a, b, 200_000, seed: 9);
        Assert.Equal(proxy.EndPoint, a.RemoteEndPoint);
    }

    private async Task GreetAsync(UdxStream a, UdxStream b)
    {
        await a.Pipe.Output.WriteAsync("hello"u8.ToArray(), _deadline.Token);
        ReadResult read = await b.Pipe.Input.ReadAsync(_deadline.Token);
        b.Pipe.Input.AdvanceTo(read.Buffer.End);
    }

    private async Task ExchangeAsync(UdxStream a, UdxStream b, int bytes, int seed)
    {
        Task<string> writeA = Task.Run(() => PipeTransfer.WriteAsync(a.Pipe.Output, bytes, seed, _deadline.Token));
        Task<string> writeB = Task.Run(() => PipeTransfer.WriteAsync(b.Pipe.Output, bytes, ~seed, _deadline.Token));
        Task<(int, string)> readA = Task.Run(() => PipeTransfer.ReadAsync(a.Pipe.Input, _deadline.Token));
        Task<(int, string)> readB = Task.Run(() => PipeTransfer.ReadAsync(b.Pipe.Input, _deadline.Token));
        Assert.Equal((bytes, await writeA), await readB);
        Assert.Equal((bytes, await writeB), await readA);
    }
}

using System.Net;
using System.Net.Sockets;
using RelayCluster.Meters;
using RelayCluster.Udx.Sockets;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Udx.Tests.Sockets;

public sealed class UdxMetricsTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(20));
    private readonly MeterBook _book = new();

    public void Dispose()
    {
        _book.Dispose();
        _deadline.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Packets_and_bytes_are_counted_each_way_and_streams_while_they_live(bool native)
    {
        await using var pair = new SocketPair(native, _book);
        (UdxStream a, UdxStream b) = pair.Connect();

        Task<string> writing = PipeTransfer.WriteAsync(a.Pipe.Output, 100_000, 1, _deadline.Token);
        (int bytes, _) = await PipeTransfer.ReadAsync(b.Pipe.Input, _deadline.Token);
        await writing;

        Assert.Equal(100_000, bytes);
        Assert.InRange(_book["udx.bytes{direction=sent}"], 100_000, 1_000_000);
        Assert.InRange(_book["udx.packets{direction=sent}"], 100_000 / 2048, 1_000);
        Assert.InRange(_book["udx.packets{direction=received}"], 1, 1_000);
        Assert.InRange(_book["udx.bytes{direction=received}"], 20, 100_000);
        Assert.Equal(1, _book["udx.streams"]);
    }

    [Fact]
    public async Task What_nobody_acknowledges_is_sent_again_and_counted()
    {
        await using var pair = new SocketPair(meterFactory: _book);
        using var deaf = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        UdxStream stream = pair.A.CreateStream(5);
        stream.Connect(6, new UdpEndPoint((IPEndPoint)deaf.Client.LocalEndPoint!));

        await stream.Pipe.Output.WriteAsync(new byte[100], _deadline.Token);
        for (int i = 0; i < 3; i++)
        {
            await deaf.ReceiveAsync(_deadline.Token);
        }

        // The second packet is the probe of a loss; with the third both were sent again.
        Assert.InRange(_book["udx.retransmissions"], 2, 10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_empty_packet_is_one_too_and_ends_nothing(bool native)
    {
        await using var pair = new SocketPair(native, _book);
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await stranger.SendAsync(Array.Empty<byte>(), pair.A.LocalEndPoint.ToIPEndPoint(), _deadline.Token);

        (UdxStream a, UdxStream b) = pair.Connect();
        await b.Pipe.Output.WriteAsync(new byte[10], _deadline.Token);
        await a.Pipe.Input.ReadAtLeastAsync(10, _deadline.Token);

        Assert.False(pair.A.Completion.IsCompleted);
    }
}

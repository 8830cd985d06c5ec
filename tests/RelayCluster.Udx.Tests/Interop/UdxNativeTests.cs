using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using RelayCluster.Udx.Sockets;
using RelayCluster.Udx.Streams;
using RelayCluster.Udx.Tests.Sockets;

namespace RelayCluster.Udx.Tests.Interop;

/// <summary>Against npm udx-native, over loopback, with and without a proxy that loses datagrams.</summary>
public sealed class UdxNativeTests : IDisposable
{
    private const uint OurId = 0xdeadbeef;
    private const uint TheirId = 7;

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));

    public void Dispose() => _deadline.Dispose();

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.01)]
    [InlineData(0.05)]
    public async Task Ten_megabytes_each_way(double loss)
    {
        await using var socket = StartSocket();
        await using JavaScriptPeer peer = await StartPeerAsync(send: 10_000_000);
        await using LossyProxy proxy = new(socket.LocalEndPoint, peer.EndPoint, loss, seed: 1);
        UdxStream stream = socket.CreateStream(OurId);
        stream.Connect(TheirId, loss > 0 ? proxy.EndPoint : peer.EndPoint);
        await peer.ConnectAsync(loss > 0 ? proxy.EndPoint : socket.LocalEndPoint);

        Task<string> writing = Task.Run(() =>
            PipeTransfer.WriteAsync(stream.Pipe.Output, 10_000_000, seed: 1, _deadline.Token));
        Task<(int, string)> reading = Task.Run(() => PipeTransfer.ReadAsync(stream.Pipe.Input, _deadline.Token));

        string theirs = (await peer.NextAsync("sent")).GetProperty("hash").GetString()!;
        JsonElement received = await peer.NextAsync("received");
        Assert.Equal(10_000_000, received.GetProperty("bytes").GetInt32());
        Assert.Equal(await writing, received.GetProperty("hash").GetString());
        Assert.Equal((10_000_000, theirs), await reading);
        await peer.NextAsync("close");
        Assert.Equal(UdxStreamOutcome.Ended, await stream.Completion.WaitAsync(_deadline.Token));
        Assert.Equal(loss > 0, proxy.Dropped > 0);
    }

    [Fact]
    public async Task The_peer_sends_first_and_the_firewall_connects()
    {
        await using var socket = StartSocket();
        await using JavaScriptPeer peer = await StartPeerAsync(send: 100_000);
        UdxStream stream = socket.CreateStream(OurId, new UdxStreamOptions
        {
            Firewall = (self, from) =>
            {
                self.Connect(TheirId, from);
                return false;
            },
        });
        await peer.ConnectAsync(socket.LocalEndPoint);

        (int bytes, string hash) = await PipeTransfer.ReadAsync(stream.Pipe.Input, _deadline.Token);
        string ours = await PipeTransfer.WriteAsync(stream.Pipe.Output, 5_000, seed: 2, _deadline.Token);

        Assert.Equal(100_000, bytes);
        Assert.Equal((await peer.NextAsync("sent")).GetProperty("hash").GetString(), hash);
        Assert.Equal(ours, (await peer.NextAsync("received")).GetProperty("hash").GetString());
        Assert.Equal(UdxStreamOutcome.Ended, await stream.Completion.WaitAsync(_deadline.Token));
    }

    [Fact]
    public async Task Their_destroy_resets_us()
    {
        await using var socket = StartSocket();
        await using JavaScriptPeer peer = await StartPeerAsync(send: 10, destroyOnData: true);
        UdxStream stream = socket.CreateStream(OurId);
        stream.Connect(TheirId, peer.EndPoint);
        await peer.ConnectAsync(socket.LocalEndPoint);

        // A stream that is destroyed before it is connected tells nobody, so its word is awaited first.
        ReadResult read = await stream.Pipe.Input.ReadAtLeastAsync(10, _deadline.Token);
        stream.Pipe.Input.AdvanceTo(read.Buffer.End);
        await stream.Pipe.Output.WriteAsync("bye"u8.ToArray(), _deadline.Token);

        Assert.Equal(UdxStreamOutcome.ResetByPeer, await stream.Completion.WaitAsync(_deadline.Token));
        await peer.NextAsync("close");
    }

    [Fact]
    public async Task Our_destroy_resets_them()
    {
        await using var socket = StartSocket();
        await using JavaScriptPeer peer = await StartPeerAsync(send: 10);
        UdxStream stream = socket.CreateStream(OurId);
        stream.Connect(TheirId, peer.EndPoint);
        await peer.ConnectAsync(socket.LocalEndPoint);
        ReadResult read = await stream.Pipe.Input.ReadAtLeastAsync(10, _deadline.Token);
        stream.Pipe.Input.AdvanceTo(read.Buffer.End);

        stream.Destroy();

        Assert.Equal("ECONNRESET", (await peer.NextAsync("error")).GetProperty("code").GetString());
        await peer.NextAsync("close");
    }

    private static UdxSocket StartSocket()
    {
        var socket = UdxSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Start();
        return socket;
    }

    private Task<JavaScriptPeer> StartPeerAsync(int send, bool destroyOnData = false) =>
        JavaScriptPeer.StartAsync(TheirId, OurId, send, destroyOnData, _deadline.Token);
}

using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using RelayCluster.Actors.TestKit;
using RelayCluster.Host.Proxies;
using RelayCluster.Host.Tests.Hosting;

namespace RelayCluster.Host.Tests.Proxies;

public sealed class ProxyProtocolTests : IAsyncDisposable
{
    private static readonly IPEndPoint Proxy = new(IPAddress.Parse("10.1.2.3"), 40_000);
    private static readonly IPEndPoint Client = new(IPAddress.Parse("203.0.113.7"), 51_234);
    private static readonly byte[] Payload = [.. "PROXY TCP4 is what the client says"u8];

    private readonly VirtualClock _clock = new();
    private readonly Pipe _pipe = new();
    private readonly DefaultConnectionContext _connection = new();
    private readonly ProxyProtocol _protocol;
    private IEnumerable<byte>? _received;

    public ProxyProtocolTests()
    {
        _connection.Transport = new Duplex(_pipe.Reader, new Pipe().Writer);
        _connection.RemoteEndPoint = Proxy;
        _protocol = new ProxyProtocol(
            new TrustedProxies([IPNetwork.Parse("10.0.0.0/8")]), TimeSpan.FromSeconds(10), _clock, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_proxys_header_gives_the_connection_its_address_wherever_it_is_split(bool isBinary)
    {
        byte[] header = isBinary ? ProxyHeaders.Binary(Client, Proxy, 20) : ProxyHeaders.Line(Client, Proxy);
        byte[] all = [.. header, .. Payload];
        for (int i = 0; i <= all.Length; i++)
        {
            await using var test = new ProxyProtocolTests();
            Task served = test.ServeAsync();
            await test._pipe.Writer.WriteAsync(all.AsMemory(0, i));
            await test._pipe.Writer.WriteAsync(all.AsMemory(i));
            await test._pipe.Writer.CompleteAsync();
            await served;

            Assert.Equal(Payload, test._received);
            Assert.Equal(Client, test._connection.RemoteEndPoint);
        }
    }

    [Fact]
    public async Task A_proxys_own_connection_keeps_its_address()
    {
        await SayAsync(ProxyHeaders.Binary(0x20, 0, []));

        Assert.Equal(Payload, _received);
        Assert.Equal(Proxy, _connection.RemoteEndPoint);
    }

    [Fact]
    public async Task A_strangers_header_is_what_the_stranger_says()
    {
        _connection.RemoteEndPoint = new IPEndPoint(IPAddress.Parse("11.1.2.3"), 40_000);
        byte[] header = ProxyHeaders.Line(Client, Proxy);

        await SayAsync(header);

        Assert.Equal([.. header, .. Payload], _received);
        Assert.Equal("11.1.2.3:40000", _connection.RemoteEndPoint.ToString());
    }

    [Fact]
    public async Task A_proxy_is_known_by_its_address_as_IPv6_too()
    {
        _connection.RemoteEndPoint = new IPEndPoint(Proxy.Address.MapToIPv6(), 40_000);

        await SayAsync(ProxyHeaders.Line(Client, Proxy));

        Assert.Equal(Client, _connection.RemoteEndPoint);
    }

    [Fact]
    public async Task A_proxy_that_says_something_else_is_cut()
    {
        await SayAsync([]);

        await AssertCutAsync();
    }

    [Fact]
    public async Task A_proxy_that_stops_within_the_header_is_cut()
    {
        Task served = ServeAsync();
        await _pipe.Writer.WriteAsync(ProxyHeaders.Line(Client, Proxy).AsMemory(0, 20));
        await _pipe.Writer.CompleteAsync();
        await served;

        await AssertCutAsync();
    }

    [Fact]
    public async Task A_proxy_that_says_nothing_is_cut_after_a_while()
    {
        Task served = ServeAsync();
        Assert.False(served.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(10));
        await served;

        await AssertCutAsync();
    }

    private async Task SayAsync(byte[] header)
    {
        await _pipe.Writer.WriteAsync((byte[])[.. header, .. Payload]);
        await _pipe.Writer.CompleteAsync();
        await ServeAsync();
    }

    /// <summary>The cut is made on a thread of its own.</summary>
    private async Task AssertCutAsync()
    {
        Assert.Null(_received);
        var cut = new TaskCompletionSource();
        await using CancellationTokenRegistration closed = _connection.ConnectionClosed.Register(cut.SetResult);
        await cut.Task.WaitAsync(RunningRelay.Deadline);
    }

    private Task ServeAsync() => _protocol.Use(async connection =>
    {
        using var all = new MemoryStream();
        await connection.Transport.Input.CopyToAsync(all);
        _received = all.ToArray();
    })(_connection);

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

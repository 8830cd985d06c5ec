using System.Net;
using System.Net.Sockets;
using RelayCluster.Udx.Sockets;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Udx.Tests.Sockets;

public sealed class UdxSocketTests : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(20));

    public void Dispose() => _deadline.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_protocol_gets_what_is_not_udx_and_answers(bool native)
    {
        await using var socket = Bind(native);
        socket.Start(new EchoProtocol());
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));

        await client.SendAsync(new byte[] { 1, 2, 3 }, socket.LocalEndPoint.ToIPEndPoint(), _deadline.Token);

        Assert.Equal([1, 2, 3], (await client.ReceiveAsync(_deadline.Token)).Buffer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_protocol_is_told_when_its_time_has_come(bool native)
    {
        await using var socket = Bind(native);
        var protocol = new EchoProtocol { NextTimeout = TimeSpan.FromMilliseconds(20) };
        socket.Start(protocol);

        TimeSpan at = await protocol.TimedOut.Task.WaitAsync(_deadline.Token);

        Assert.True(at >= TimeSpan.FromMilliseconds(20));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_has_arrived_is_handled_before_the_deadline_that_passed_meanwhile(bool native)
    {
        const int count = 150; // several batches of either driver
        await using var socket = Bind(native);
        using var client = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        for (int i = 0; i < count; i++)
        {
            await client.SendAsync(new byte[] { 1 }, socket.LocalEndPoint.ToIPEndPoint(), _deadline.Token);
        }

        var protocol = new EchoProtocol { NextTimeout = TimeSpan.Zero };
        socket.Start(protocol);
        await protocol.TimedOut.Task.WaitAsync(_deadline.Token);

        Assert.Equal(count, protocol.ReceivedBeforeTimeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commands_run_in_order_on_the_loop(bool native)
    {
        await using var socket = Bind(native);
        socket.Start();
        List<int> ran = [];
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (int i = 0; i < 100; i++)
        {
            int number = i;
            socket.Post(_ =>
            {
                ran.Add(socket.IsOnLoop ? number : -1);
                if (number == 99)
                {
                    done.SetResult();
                }
            });
        }

        await done.Task.WaitAsync(_deadline.Token);

        Assert.Equal(Enumerable.Range(0, 100), ran);
    }

    [Fact]
    public async Task A_command_that_throws_ends_the_streams_and_faults_the_completion()
    {
        await using var socket = Bind();
        socket.Start();
        UdxStream stream = socket.CreateStream(1);

        socket.Post(_ => throw new InvalidOperationException("broken"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => socket.Completion.WaitAsync(_deadline.Token));
        Assert.Equal(UdxStreamOutcome.SocketClosed, await stream.Completion.WaitAsync(_deadline.Token));
    }

    [Fact]
    public async Task Stream_ids_are_unique_on_a_socket_and_free_again_after_the_stream()
    {
        await using var socket = Bind();
        socket.Start();
        UdxStream stream = socket.CreateStream(1);
        Assert.Throws<InvalidOperationException>(() => socket.CreateStream(1));

        stream.Destroy();
        await stream.Completion.WaitAsync(_deadline.Token);

        var free = new TaskCompletionSource<UdxStream>(TaskCreationOptions.RunContinuationsAsynchronously);
        socket.Post(_ => free.SetResult(socket.CreateStream(1)));
        Assert.NotNull(await free.Task.WaitAsync(_deadline.Token));
    }

    [Fact]
    public async Task A_port_in_use_is_an_error_of_bind()
    {
        await using var socket = Bind();

        Assert.Throws<SocketException>(() => UdxSocket.Bind(socket.LocalEndPoint.ToIPEndPoint()));
    }

    [Fact]
    public async Task Disposing_before_the_start_ends_the_streams()
    {
        var socket = Bind();
        UdxStream stream = socket.CreateStream(1);

        await socket.DisposeAsync();

        Assert.Equal(UdxStreamOutcome.SocketClosed, await stream.Completion.WaitAsync(_deadline.Token));
        Assert.Throws<ObjectDisposedException>(() => socket.CreateStream(2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sending_to_a_port_where_nobody_is_does_not_stop_the_loop(bool native)
    {
        await using var pair = new SocketPair(native);
        UdxStream lost = pair.A.CreateStream(5);
        lost.Connect(6, UdpEndPoint.Parse("127.0.0.1:9"));
        await lost.Pipe.Output.WriteAsync(new byte[5_000], _deadline.Token);

        (UdxStream a, UdxStream b) = pair.Connect();
        Task<string> writing = PipeTransfer.WriteAsync(a.Pipe.Output, 100_000, 1, _deadline.Token);
        (int bytes, string hash) = await PipeTransfer.ReadAsync(b.Pipe.Input, _deadline.Token);

        Assert.Equal((100_000, await writing), (bytes, hash));
    }

    private static UdxSocket Bind(bool native = true) => UdxSocket.Bind(
        new IPEndPoint(IPAddress.Loopback, 0),
        new UdxSocketOptions { UseNativeDriver = native });

    private sealed class EchoProtocol : IDatagramProtocol
    {
        private readonly Queue<(UdpEndPoint To, byte[] Datagram)> _answers = new();

        public TimeSpan? NextTimeout { get; set; }

        public TaskCompletionSource<TimeSpan> TimedOut { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int ReceivedBeforeTimeout { get; private set; }

        public void HandleDatagram(TimeSpan now, UdpEndPoint from, ReadOnlySpan<byte> datagram)
        {
            _answers.Enqueue((from, datagram.ToArray()));
            ReceivedBeforeTimeout += NextTimeout is null ? 0 : 1;
        }

        public void HandleTimeout(TimeSpan now)
        {
            NextTimeout = null;
            TimedOut.SetResult(now);
        }

        public bool TryWriteDatagram(
            TimeSpan now, Span<byte> destination, out int bytesWritten, out UdpEndPoint receiver)
        {
            bool hasAnswer = _answers.TryDequeue(out (UdpEndPoint To, byte[] Datagram) answer);
            bytesWritten = answer.Datagram?.Length ?? 0;
            answer.Datagram?.CopyTo(destination);
            receiver = answer.To;
            return hasAnswer;
        }
    }
}

using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using RelayCluster.Cluster.Placement;
using RelayCluster.Cluster.Tests.Scenes;
using RelayCluster.Relay;

namespace RelayCluster.Cluster.Tests.Placement;

/// <summary>A client at node a, whose session lives on another.</summary>
public sealed class SessionSpliceTests : IAsyncLifetime, IDisposable
{
    private static readonly PlacementOptions Sharded = new() { Mode = PlacementMode.Sharded, Capacity = 1000 };

    private readonly Pipe _fromClient = new(new PipeOptions(pauseWriterThreshold: 64 * 1024));
    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 64 * 1024));
    private readonly TaskCompletionSource<IDuplexPipe> _session = new();
    private readonly TaskCompletionSource _sessionOver = new();
    private readonly TaskCompletionSource _clientAborted = new();
    private readonly CancellationTokenSource _stopping = new();
    private LocalFleet _fleet = null!;
    private CancellationToken _closing;
    private SessionPlace _place = null!;
    private Task<bool> _carrying = null!;

    public async Task InitializeAsync()
    {
        _fleet = await LocalFleet.StartAsync(Sharded, _ => (_, client, closing) =>
        {
            _closing = closing;
            _session.SetResult(client);
            return _sessionOver.Task;
        });
        do
        {
            _place = await _fleet["a"].Placement.PlaceAsync(ClientOrigin.Unknown, CancellationToken.None);
        }
        while (_place.IsHere);

        _carrying = _place.CarryAsync(
            new Ends(_fromClient.Reader, _toClient.Writer), AbortClient, _stopping.Token);
    }

    public async Task DisposeAsync()
    {
        _sessionOver.TrySetResult();
        await _place.DisposeAsync();
        await _carrying.WithDeadline();
        await _fleet.DisposeAsync();
    }

    public void Dispose() => _stopping.Dispose();

    [Fact]
    public async Task A_node_that_leaves_has_the_sessions_that_it_carries_closed_and_carries_their_last_words()
    {
        IDuplexPipe session = await _session.Task.WithDeadline();
        using CancellationTokenRegistration closing = _closing.Register(() =>
        {
            session.Output.Write("bye"u8);
            session.Output.Complete();
        });

        Task leaving = _fleet["a"].Placement.LeaveAsync(CancellationToken.None);

        Assert.True(await _carrying.WithDeadline());
        await leaving.WithDeadline();
        ReadResult last = await _toClient.Reader.ReadAsync();
        Assert.Equal("bye"u8.ToArray(), last.Buffer.ToArray());
    }

    [Fact]
    public async Task Bytes_go_both_ways_whole_and_are_counted()
    {
        const int length = 16 << 20;
        byte[] up = Bytes(length, seed: 1);
        byte[] down = Bytes(length, seed: 2);
        IDuplexPipe session = await _session.Task.WithDeadline();
        Task<byte[]> arrivingUp = HashAsync(session.Input);
        Task<byte[]> arrivingDown = HashAsync(_toClient.Reader);

        await Task.WhenAll(
            WriteAsync(_fromClient.Writer, up, pieceBytes: 8191),
            SendAsync(session.Output, down, pieceBytes: 40_000)).WithDeadline();
        Assert.Equal(SHA256.HashData(up), await arrivingUp.WithDeadline());
        await session.Output.CompleteAsync();

        Assert.True(await _carrying.WithDeadline());
        await _toClient.Writer.CompleteAsync();
        Assert.Equal(SHA256.HashData(down), await arrivingDown.WithDeadline());
        Assert.Equal(length, _fleet.Meters["a"]["cluster.splice.bytes{direction=to_node}"]);
        Assert.Equal(length, _fleet.Meters["a"]["cluster.splice.bytes{direction=to_client}"]);
        Assert.Equal(0, _fleet.Meters["a"]["cluster.splices"]);
    }

    [Fact]
    public async Task Many_small_messages_arrive_as_they_are_sent()
    {
        IDuplexPipe session = await _session.Task.WithDeadline();
        for (byte i = 0; i < 200; i++)
        {
            await _fromClient.Writer.WriteAsync(new[] { i });
            ReadResult there = await session.Input.ReadAsync().WithDeadline();
            Assert.Equal([i], there.Buffer.ToArray());
            session.Input.AdvanceTo(there.Buffer.End);

            await session.Output.WriteAsync(new[] { i });
            ReadResult back = await _toClient.Reader.ReadAsync().WithDeadline();
            Assert.Equal([i], back.Buffer.ToArray());
            _toClient.Reader.AdvanceTo(back.Buffer.End);
        }
    }

    [Fact]
    public async Task A_client_that_ends_its_side_still_hears_the_session()
    {
        IDuplexPipe session = await _session.Task.WithDeadline();
        await _fromClient.Writer.CompleteAsync();
        Assert.True((await session.Input.ReadAsync().WithDeadline()).IsCompleted);

        await session.Output.WriteAsync(new byte[] { 1 });
        ReadResult read = await _toClient.Reader.ReadAsync().WithDeadline();

        Assert.Equal(1, read.Buffer.FirstSpan[0]);
        Assert.False(_carrying.IsCompleted);
    }

    [Fact]
    public async Task A_session_that_is_over_ends_the_splice_in_order()
    {
        IDuplexPipe session = await _session.Task.WithDeadline();
        await session.Output.WriteAsync(new byte[] { 1, 2 });
        _sessionOver.SetResult();

        Assert.True(await _carrying.WithDeadline());
        ReadResult read = await _toClient.Reader.ReadAsync().WithDeadline();
        Assert.Equal([1, 2], read.Buffer.ToArray());
        Assert.False(_clientAborted.Task.IsCompleted);
    }

    [Fact]
    public async Task A_clients_connection_that_breaks_off_is_cut_at_the_session_too()
    {
        IDuplexPipe session = await _session.Task.WithDeadline();

        await _fromClient.Writer.CompleteAsync(new IOException("connection reset"));

        await Assert.ThrowsAnyAsync<IOException>(() => session.Input.ReadAsync().WithDeadline());
        Assert.False(await _carrying.WithDeadline());
    }

    [Fact]
    public async Task A_serving_node_that_dies_cuts_the_client()
    {
        await _session.Task.WithDeadline();
        _fleet.Hub.Kill("b");
        _fleet.Hub.Kill("c");

        await _clientAborted.Task.WithDeadline();
        Assert.False(await _carrying.WithDeadline());
    }

    [Fact]
    public async Task An_accepting_node_that_dies_ends_the_session_like_a_lost_client()
    {
        IDuplexPipe session = await _session.Task.WithDeadline();

        _fleet.Hub.Kill("a");

        await Assert.ThrowsAnyAsync<IOException>(() => session.Input.ReadAsync().WithDeadline());
    }

    [Fact]
    public async Task A_node_that_stops_cuts_both()
    {
        IDuplexPipe session = await _session.Task.WithDeadline();

        await _stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => session.Input.ReadAsync().WithDeadline());
        await _clientAborted.Task.WithDeadline();
    }

    [Fact]
    public async Task A_session_waits_for_a_client_that_does_not_read()
    {
        IDuplexPipe session = await _session.Task.WithDeadline();

        Task writing = WriteAsync(session.Output, new byte[1 << 20], pieceBytes: 4096);
        _fleet.Clock.Advance(SessionSplice.StallTimeout / 2);
        Assert.False(writing.IsCompleted);

        Task<byte[]> reading = HashAsync(_toClient.Reader);
        await writing.WithDeadline();
        Assert.True(await _carrying.WithDeadline());
        await _toClient.Writer.CompleteAsync();
        Assert.Equal(SHA256.HashData(new byte[1 << 20]), await reading.WithDeadline());
    }

    [Fact]
    public async Task A_client_waits_for_a_session_that_does_not_read()
    {
        IDuplexPipe session = await _session.Task.WithDeadline();

        Task writing = WriteAsync(_fromClient.Writer, new byte[1 << 20], pieceBytes: 4096);
        _fleet.Clock.Advance(2 * SessionSplice.StallTimeout);
        Assert.False(writing.IsCompleted);

        Task<byte[]> reading = HashAsync(session.Input);
        await writing.WithDeadline();
        Assert.Equal(SHA256.HashData(new byte[1 << 20]), await reading.WithDeadline());
    }

    [Fact]
    public async Task A_client_that_takes_nothing_for_too_long_is_cut()
    {
        IDuplexPipe session = await _session.Task.WithDeadline();
        Task writing = WriteAsync(session.Output, new byte[1 << 20], pieceBytes: 4096);

        // in steps, since the stall begins when the splice has found that nothing is taken
        await LocalFleet.UntilAsync(() =>
        {
            _fleet.Clock.Advance(TimeSpan.FromSeconds(1));
            return _clientAborted.Task.IsCompleted;
        });

        Assert.True(_fleet.Clock.Elapsed >= SessionSplice.StallTimeout);
        await Assert.ThrowsAnyAsync<IOException>(() => writing.WithDeadline());
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task WriteAsync(PipeWriter output, byte[] bytes, int pieceBytes)
    {
        await SendAsync(output, bytes, pieceBytes);
        await output.CompleteAsync();
    }

    private static async Task SendAsync(PipeWriter output, byte[] bytes, int pieceBytes)
    {
        for (int i = 0; i < bytes.Length; i += pieceBytes)
        {
            await output.WriteAsync(bytes.AsMemory(i, Math.Min(pieceBytes, bytes.Length - i)));
        }
    }

    private static async Task<byte[]> HashAsync(PipeReader input)
    {
        await using Stream stream = input.AsStream(leaveOpen: true);
        return await SHA256.HashDataAsync(stream);
    }

    private void AbortClient()
    {
        _clientAborted.TrySetResult();
        _toClient.Writer.CancelPendingFlush();
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}

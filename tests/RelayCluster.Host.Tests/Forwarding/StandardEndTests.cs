using System.IO.Pipelines;
using System.Text;
using RelayCluster.Host.Forwarding;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Tests.Forwarding;

public sealed class StandardEndTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Pipe _typed = new();
    private readonly MemoryStream _printed = new();
    private readonly byte[] _buffer = new byte[64];

    public void Dispose() => _printed.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_dialled_does_not_wait_for_input_when_the_other_side_has_ended(bool isTerminal)
    {
        InputKind kind = isTerminal ? InputKind.Terminal : InputKind.Pipe;
        await using StandardEnd end = StandardEnd.OfClient(Terminal(kind));
        ValueTask<int> reading = end.ReadAsync(_buffer, default);

        await end.EndAsync(default);

        Assert.Equal(0, await reading.AsTask().WaitAsync(Deadline));
        Assert.True(end.HasGivenUp);
    }

    [Fact]
    public async Task A_file_is_sent_to_its_end_whoever_has_ended()
    {
        await using StandardEnd end = StandardEnd.OfClient(Terminal(InputKind.File));
        await end.EndAsync(default);
        ValueTask<int> reading = end.ReadAsync(_buffer, default);

        await TypeAsync("more");

        Assert.Equal(4, await reading.AsTask().WaitAsync(Deadline));
        await _typed.Writer.CompleteAsync();
        Assert.Equal(0, await end.ReadAsync(_buffer, default).AsTask().WaitAsync(Deadline));
        Assert.False(end.HasGivenUp);
    }

    [Fact]
    public async Task What_a_connection_did_not_read_is_for_the_next()
    {
        CommandTerminal terminal = Terminal(InputKind.Terminal);
        await using (StandardEnd first = StandardEnd.OfServer(terminal))
        {
            ValueTask<int> reading = first.ReadAsync(_buffer, default);
            await first.EndAsync(default);
            Assert.Equal(0, await reading.AsTask().WaitAsync(Deadline));
        }

        await using StandardEnd second = StandardEnd.OfServer(terminal);
        await TypeAsync("hello");
        int read = await second.ReadAsync(_buffer, default).AsTask().WaitAsync(Deadline);

        Assert.Equal("hello", Encoding.UTF8.GetString(_buffer, 0, read));
    }

    [Fact]
    public async Task A_server_goes_on_reading_a_pipe_when_the_other_side_has_ended()
    {
        await using StandardEnd end = StandardEnd.OfServer(Terminal(InputKind.Pipe));
        ValueTask<int> reading = end.ReadAsync(_buffer, default);
        await end.EndAsync(default);

        await TypeAsync("answer");

        Assert.Equal(6, await reading.AsTask().WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_server_with_nothing_to_say_ends_last()
    {
        await using StandardEnd end = StandardEnd.OfServer(Terminal(InputKind.File));
        await _typed.Writer.CompleteAsync();
        Task<int> reading = end.ReadAsync(_buffer, default).AsTask();
        await end.WriteAsync("all of it"u8.ToArray(), default);
        Assert.False(reading.IsCompleted);

        await end.EndAsync(default);

        Assert.Equal(0, await reading.WaitAsync(Deadline));
        Assert.Equal("all of it", Encoding.UTF8.GetString(_printed.ToArray()));
    }

    [Fact]
    public async Task A_wait_for_input_can_be_cancelled()
    {
        await using StandardEnd end = StandardEnd.OfServer(Terminal(InputKind.Pipe));
        using var told = new CancellationTokenSource();
        ValueTask<int> reading = end.ReadAsync(_buffer, told.Token);

        await told.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.AsTask().WaitAsync(Deadline));
    }

    private CommandTerminal Terminal(InputKind kind) => new(
        TextWriter.Null,
        TextWriter.Null,
        () => new StandardInput(_typed.Reader.AsStream(), kind),
        () => _printed);

    private async Task TypeAsync(string text) => await _typed.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));
}

using System.IO.Pipelines;
using RelayCluster.Crypto.SecretStreams;

namespace RelayCluster.Crypto.Tests.SecretStreams;

public sealed class KeepAliveTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly ManualTime _time = new();

    [Fact]
    public async Task ASilentSide_SendsAnEmptyMessageEachInterval()
    {
        await using var pair = new StreamPair(KeepingAlive());
        for (int i = 0; i < 3; i++)
        {
            Task<byte[]?> reading = StreamPair.ReadAsync(pair.Responder);
            _time.Advance(Interval - Moment);
            Assert.False(reading.IsCompleted);
            _time.Advance(Moment);
            Assert.Equal(Array.Empty<byte>(), await reading);
        }
    }

    [Fact]
    public async Task AWrite_PutsItOff()
    {
        await using var pair = new StreamPair(KeepingAlive());
        _time.Advance(Interval / 2);
        await pair.Initiator.WriteMessageAsync(new byte[] { 1 });
        Assert.Equal([1], await StreamPair.ReadAsync(pair.Responder));

        Task<byte[]?> reading = StreamPair.ReadAsync(pair.Responder);
        _time.Advance(Interval - Moment);
        Assert.False(reading.IsCompleted);
        _time.Advance(Moment);
        Assert.Equal(Array.Empty<byte>(), await reading);
    }

    [Fact]
    public async Task WhereBothKeepAlive_TheReaderSeesNothingOfIt()
    {
        await using var pair = new StreamPair(KeepingAlive(), KeepingAlive());
        Task<byte[]?> reading = StreamPair.ReadAsync(pair.Responder);
        _time.Advance(Interval);
        _time.Advance(Interval);
        await pair.Initiator.WriteMessageAsync(new byte[] { 1 });
        Assert.Equal([1], await reading);
    }

    [Fact]
    public async Task AfterTheEndOfThisHalf_NothingIsSent()
    {
        await using var pair = new StreamPair(KeepingAlive());
        await pair.Initiator.EndAsync();
        _time.Advance(Interval);
        Assert.Null(await StreamPair.ReadAsync(pair.Responder));
        Assert.False(pair.Initiator.Completion.IsCompleted);
    }

    [Fact]
    public async Task WhileTheOtherSideDoesNotRead_NothingPilesUp()
    {
        var pipes = new PipePair(pauseThreshold: 200);
        await using SecretStream stream = StreamPair.Start(pipes.Initiator, isInitiator: true, KeepingAlive());
        for (int i = 0; i < 100; i++)
        {
            _time.Advance(Interval);
        }

        stream.Destroy();
        long sent = 0;
        await Assert.ThrowsAsync<IOException>(() => CountAsync(pipes.Responder.Input, n => sent = n));
        Assert.InRange(sent, 0, 300);
    }

    private static async Task CountAsync(PipeReader reader, Action<long> report)
    {
        while (true)
        {
            ReadResult read = await reader.ReadAsync().AsTask().WaitAsync(StreamPair.Deadline);
            report(read.Buffer.Length);
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private SecretStreamOptions KeepingAlive() => new() { KeepAlive = Interval, TimeProvider = _time };
}

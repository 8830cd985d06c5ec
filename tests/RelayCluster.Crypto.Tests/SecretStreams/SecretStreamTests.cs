using System.Buffers;
using System.IO.Pipelines;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Tests.SecretStreams;

public sealed class SecretStreamTests
{
    [Fact]
    public async Task Messages_GoBothWaysWithTheirBoundaries()
    {
        await using var pair = new StreamPair();
        foreach ((SecretStream from, SecretStream to) in
            new[] { (pair.Initiator, pair.Responder), (pair.Responder, pair.Initiator) })
        {
            await from.WriteMessageAsync(new byte[] { 1, 2, 3 });
            await from.WriteMessageAsync(ReadOnlyMemory<byte>.Empty);
            await from.WriteMessageAsync(new byte[] { 4 });
            Assert.Equal([1, 2, 3], await StreamPair.ReadAsync(to));
            Assert.Equal(Array.Empty<byte>(), await StreamPair.ReadAsync(to));
            Assert.Equal([4], await StreamPair.ReadAsync(to));
        }
    }

    [Fact]
    public async Task TheLongestMessage_PassesThroughPipesThatHoldFarLess()
    {
        await using var pair = new StreamPair(pauseThreshold: 4096);
        var message = new byte[SecretStream.MaxMessageBytes];
        new Random(1).NextBytes(message);

        Task writing = pair.Initiator.WriteMessageAsync(message).AsTask();
        byte[]? read = await StreamPair.ReadAsync(pair.Responder);
        await writing.WaitAsync(StreamPair.Deadline);

        Assert.True(message.AsSpan().SequenceEqual(read));
    }

    [Fact]
    public async Task AMessageLongerThanAFrame_IsTheCallersMistake()
    {
        await using var pair = new StreamPair();
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await pair.Initiator.WriteMessageAsync(new byte[SecretStream.MaxMessageBytes + 1]));
        await pair.Initiator.WriteMessageAsync(new byte[] { 1 });
        Assert.Equal([1], await StreamPair.ReadAsync(pair.Responder));
    }

    [Fact]
    public async Task AMessageBeyondTheReadersLimit_DestroysTheStream()
    {
        await using var pair = new StreamPair(responderOptions: new SecretStreamOptions { MaxMessageBytes = 10 });
        await pair.Initiator.WriteMessageAsync(new byte[11]);

        await Assert.ThrowsAsync<ProtocolException>(() => StreamPair.ReadAsync(pair.Responder));

        await Assert.ThrowsAsync<ProtocolException>(() => pair.Responder.Completion.WaitAsync(StreamPair.Deadline));
        var error = await Assert.ThrowsAsync<IOException>(() => StreamPair.ReadAsync(pair.Responder));
        Assert.IsType<ProtocolException>(error.InnerException);
        await Assert.ThrowsAsync<IOException>(async () => await pair.Responder.WriteMessageAsync(new byte[1]));
    }

    [Fact]
    public async Task AReaderThatDoesNotRead_StopsTheWriter()
    {
        await using var pair = new StreamPair(pauseThreshold: 1000);
        Task writing = pair.Initiator.WriteMessageAsync(new byte[1000]).AsTask();
        Task next = pair.Initiator.WriteMessageAsync(new byte[] { 1 }).AsTask();
        Assert.False(writing.IsCompleted);
        Assert.False(next.IsCompleted);

        await StreamPair.ReadAsync(pair.Responder);
        await writing.WaitAsync(StreamPair.Deadline);
        await next.WaitAsync(StreamPair.Deadline);
        Assert.Equal([1], await StreamPair.ReadAsync(pair.Responder));
    }

    [Fact]
    public async Task AnEndedHalf_LeavesTheOtherOpen()
    {
        await using var pair = new StreamPair();
        await pair.Initiator.WriteMessageAsync(new byte[] { 1 });
        await pair.Initiator.EndAsync();
        await pair.Initiator.EndAsync();
        Assert.Equal([1], await StreamPair.ReadAsync(pair.Responder));
        Assert.Null(await StreamPair.ReadAsync(pair.Responder));
        Assert.Null(await StreamPair.ReadAsync(pair.Responder));
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await pair.Initiator.WriteMessageAsync(new byte[1]));

        await pair.Responder.WriteMessageAsync(new byte[] { 2 });
        Assert.Equal([2], await StreamPair.ReadAsync(pair.Initiator));
        Assert.False(pair.Initiator.Completion.IsCompleted);

        await pair.Responder.EndAsync();
        Assert.Null(await StreamPair.ReadAsync(pair.Initiator));
        await pair.Initiator.Completion.WaitAsync(StreamPair.Deadline);
        await pair.Responder.Completion.WaitAsync(StreamPair.Deadline);
    }

    [Fact]
    public async Task Destroy_FailsCallsUnderWayAndKeepsTheFirstReason()
    {
        await using var pair = new StreamPair(pauseThreshold: 1000);
        Task<byte[]?> reading = StreamPair.ReadAsync(pair.Initiator);
        Task writing = pair.Initiator.WriteMessageAsync(new byte[1000]).AsTask();
        Task waiting = pair.Initiator.WriteMessageAsync(new byte[1]).AsTask();
        var reason = new TimeoutException("first");

        pair.Initiator.Destroy(reason);
        pair.Initiator.Destroy(new TimeoutException("second"));

        foreach (Task call in new[] { reading, writing, waiting })
        {
            var error = await Assert.ThrowsAsync<IOException>(() => call.WaitAsync(StreamPair.Deadline));
            Assert.Same(reason, error.InnerException);
        }

        Task completion = pair.Initiator.Completion.WaitAsync(StreamPair.Deadline);
        Assert.Same(reason, await Record.ExceptionAsync(() => completion));
        await Assert.ThrowsAsync<IOException>(async () => await pair.Initiator.EndAsync());
    }

    [Fact]
    public async Task Destroy_IsSeenByTheOtherSideAsAnAbortAndNotAsAnEnd()
    {
        await using var pair = new StreamPair();
        pair.Initiator.Destroy();
        await pair.Initiator.Completion.WaitAsync(StreamPair.Deadline);
        await Assert.ThrowsAsync<IOException>(() => StreamPair.ReadAsync(pair.Responder));
        await Assert.ThrowsAsync<IOException>(async () => await pair.Responder.WriteMessageAsync(new byte[1]));
    }

    [Fact]
    public async Task Destroy_OverAPipeThatTakesNoCallsOnceItIsCompleted_TouchesItNoMore()
    {
        using NoiseResult keys = StreamKeys.MadeUp(isInitiator: true);
        await using var stream = SecretStream.Start(new StreamPipe(new MemoryStream()), isInitiator: true, keys);
        await stream.EndAsync();

        stream.Destroy();
        stream.Destroy();

        await stream.Completion.WaitAsync(StreamPair.Deadline);
    }

    [Fact]
    public async Task DisposeAsync_Twice_IsOnce()
    {
        var pair = new StreamPair(new SecretStreamOptions { KeepAlive = TimeSpan.FromSeconds(5) });
        await pair.DisposeAsync();
        await pair.DisposeAsync();
        Assert.True(pair.Initiator.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task ATransportThatFails_DestroysTheStreamWithItsReason()
    {
        var pipes = new PipePair();
        await using SecretStream stream = StreamPair.Start(pipes.Responder, isInitiator: false);
        Task<byte[]?> reading = StreamPair.ReadAsync(stream);

        // Kestrel aborts with an exception of this family; it is no cancellation of ours.
        var reason = new OperationCanceledException("aborted");
        await pipes.Initiator.Output.CompleteAsync(reason);

        var error = await Assert.ThrowsAsync<IOException>(() => reading);
        Assert.Same(reason, error.InnerException);
        Assert.Same(reason, await Record.ExceptionAsync(() => stream.Completion.WaitAsync(StreamPair.Deadline)));
    }

    [Fact]
    public async Task ATransportThatTakesNoMore_FailsTheWriter()
    {
        var pipes = new PipePair();
        await using SecretStream stream = StreamPair.Start(pipes.Responder, isInitiator: false);
        await pipes.Initiator.Input.CompleteAsync();
        await Assert.ThrowsAsync<IOException>(async () => await stream.WriteMessageAsync(new byte[1]));
        await Assert.ThrowsAsync<IOException>(() => stream.Completion.WaitAsync(StreamPair.Deadline));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(StreamHeader.FrameSize + 1)]
    [InlineData(StreamHeader.FrameSize + 10)]
    public async Task ACutWithinAFrame_IsAProtocolViolation(int length)
    {
        byte[] bytes = await CaptureAsync(new byte[] { 1, 2, 3 });
        var pipes = new PipePair();
        await using SecretStream stream = StreamPair.Start(pipes.Responder, isInitiator: false);
        await pipes.Initiator.Output.WriteAsync(bytes.AsMemory(0, length));
        await pipes.Initiator.Output.CompleteAsync();

        await Assert.ThrowsAsync<ProtocolException>(() => StreamPair.ReadAsync(stream));
        await Assert.ThrowsAsync<ProtocolException>(() => stream.Completion.WaitAsync(StreamPair.Deadline));
    }

    [Fact]
    public async Task AForgedMessage_IsAProtocolViolation()
    {
        byte[] bytes = await CaptureAsync(new byte[] { 1, 2, 3 });
        bytes[^1] ^= 1;
        var pipes = new PipePair();
        await using SecretStream stream = StreamPair.Start(pipes.Responder, isInitiator: false);
        await pipes.Initiator.Output.WriteAsync(bytes);
        await Assert.ThrowsAsync<ProtocolException>(() => StreamPair.ReadAsync(stream));
    }

    [Fact]
    public async Task ACancelledRead_LosesNothing()
    {
        await using var pair = new StreamPair();
        using var cancel = new CancellationTokenSource();
        Task reading = pair.Responder.ReadMessageAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(StreamPair.Deadline));

        await pair.Initiator.WriteMessageAsync(new byte[] { 1 });
        Assert.Equal([1], await StreamPair.ReadAsync(pair.Responder));
    }

    [Fact]
    public async Task ACancelledWrite_MayHaveBeenSentAndLeavesTheStreamWhole()
    {
        await using var pair = new StreamPair(pauseThreshold: 1000);
        using var cancel = new CancellationTokenSource();
        Task writing = pair.Initiator.WriteMessageAsync(new byte[1000], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(StreamPair.Deadline));

        Assert.Equal(1000, (await StreamPair.ReadAsync(pair.Responder))?.Length);
        await pair.Initiator.WriteMessageAsync(new byte[] { 1 });
        Assert.Equal([1], await StreamPair.ReadAsync(pair.Responder));
    }

    [Fact]
    public async Task ASecondReader_IsTheCallersMistake()
    {
        await using var pair = new StreamPair();
        Task<byte[]?> reading = StreamPair.ReadAsync(pair.Responder);
        await Assert.ThrowsAsync<InvalidOperationException>(() => StreamPair.ReadAsync(pair.Responder));
        await pair.Initiator.WriteMessageAsync(new byte[] { 1 });
        Assert.Equal([1], await reading);
    }

    [Fact]
    public async Task ManyMessagesOfAllSizes_ArriveWholeAndInOrder()
    {
        await using var pair = new StreamPair(pauseThreshold: 8192);
        var random = new Random(7);
        byte[][] messages = [.. Enumerable.Range(0, 300).Select(_ => new byte[random.Next(20_000)])];
        Array.ForEach(messages, random.NextBytes);

        Task writing = Task.Run(async () =>
        {
            foreach (byte[] message in messages)
            {
                await pair.Initiator.WriteMessageAsync(message);
            }

            await pair.Initiator.EndAsync();
        });

        foreach (byte[] message in messages)
        {
            Assert.Equal(message, await StreamPair.ReadAsync(pair.Responder));
        }

        Assert.Null(await StreamPair.ReadAsync(pair.Responder));
        await writing.WaitAsync(StreamPair.Deadline);
    }

    /// <summary>What the made-up initiator puts on the wire: its header and one message.</summary>
    private static async Task<byte[]> CaptureAsync(ReadOnlyMemory<byte> message)
    {
        var pipes = new PipePair();
        await using SecretStream stream = StreamPair.Start(pipes.Initiator, isInitiator: true);
        await stream.WriteMessageAsync(message);
        ReadResult read = await pipes.Responder.Input.ReadAsync();
        return read.Buffer.ToArray();
    }

    /// <summary>The pipe ends that .NET makes of a stream; they throw where those of a Pipe do nothing.</summary>
    private sealed class StreamPipe(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

        public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
    }
}

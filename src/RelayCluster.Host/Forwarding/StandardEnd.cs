using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Forwarding;

/// <summary>
/// The end that is standard input and output. They outlast a connection: for the other side to have ended means that
/// nothing more is written, while what is typed next may be for the next connection.
/// <para>
/// What was read from a file is sent to its end, whoever has ended before. But whether a person or a program will ever
/// have more to say nobody knows, so where it matters, the other side's end ends the wait for that: what is there is
/// still sent, and then this side ends too.
/// </para>
/// </summary>
internal sealed class StandardEnd : IEnd
{
    private readonly CommandTerminal _terminal;
    private readonly bool _givesUp;
    private readonly bool _endsLast;
    private readonly CancellationTokenSource _otherEnded = new();
    private bool _hasRead;

    private StandardEnd(CommandTerminal terminal, bool givesUp, bool endsLast)
    {
        _terminal = terminal;
        _givesUp = givesUp;
        _endsLast = endsLast;
    }

    /// <summary>Never: the standard streams tell their users.</summary>
    public Task Completion { get; } = new TaskCompletionSource().Task;

    /// <summary>Whether the wait for more input was given up.</summary>
    public bool HasGivenUp { get; private set; }

    /// <summary>That of who dialled: it leaves when the other side has ended.</summary>
    public static StandardEnd OfClient(CommandTerminal terminal) =>
        new(terminal, givesUp: terminal.Input.Kind != InputKind.File, endsLast: false);

    /// <summary>
    /// That of who serves: it sends what it has, also to who only listens. With nothing to say it ends last, for who
    /// dialled leaves when it ends: <c>relay listen &gt; copy &lt; /dev/null</c> shall have all.
    /// </summary>
    public static StandardEnd OfServer(CommandTerminal terminal) =>
        new(terminal, givesUp: terminal.Input.Kind == InputKind.Terminal, endsLast: true);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            _givesUp ? _otherEnded.Token : CancellationToken.None);
        try
        {
            int read = await _terminal.Input.ReadAsync(buffer, stopping.Token);
            _hasRead |= read > 0;
            if (read == 0 && _endsLast && !_hasRead)
            {
                await WaitForOtherAsync(cancellationToken);
            }

            return read;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            int read = _terminal.Input.TryRead(buffer.Span);
            HasGivenUp |= read == 0;
            return read;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _terminal.OutputBytes.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException e)
        {
            throw new ConnectionException($"standard output cannot be written to: {e.Message}", e);
        }
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        await _terminal.OutputBytes.FlushAsync(cancellationToken);
        await _otherEnded.CancelAsync();
    }

    public void Abort()
    {
        // They belong to the process.
    }

    public ValueTask DisposeAsync()
    {
        _otherEnded.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task WaitForOtherAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = _otherEnded.Token.Register(() => ended.TrySetResult());
        await ended.Task.WaitAsync(cancellationToken);
    }
}

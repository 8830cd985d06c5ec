using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Udx.Streams;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// A connection of this node's own: a secret stream over a UDX stream or a link. Messages, back-pressure and
/// half-closing are the secret stream's; here its failures become those that callers of the DHT know, told by how that
/// ended.
/// <para>
/// When both sides have ended, what carries the stream goes on until the other side has the last bytes;
/// <see cref="Completion"/> and disposing wait for that.
/// </para>
/// </summary>
internal sealed class DirectStream : DhtStream
{
    private readonly ICarrier _carrier;
    private readonly SecretStream _secret;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _watch;
    private volatile Exception? _reason;
    private volatile bool _isDestroyed;

    public DirectStream(ICarrier carrier, SecretStream secret)
    {
        _carrier = carrier;
        _secret = secret;
        _watch = WatchAsync();
    }

    public override bool IsInitiator => _secret.IsInitiator;

    public override Fixed32 PublicKey => _secret.PublicKey;

    public override Fixed32 RemotePublicKey => _secret.RemotePublicKey;

    public override ReadOnlyMemory<byte> HandshakeHash => _secret.HandshakeHash;

    public override Task Completion => _completion.Task;

    protected override bool IsEnded => _secret.Completion.IsCompleted;

    public override async ValueTask WriteMessageAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken = default)
    {
        try
        {
            await _secret.WriteMessageAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw await TranslateAsync(e).ConfigureAwait(false);
        }
    }

    public override async ValueTask EndAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _secret.EndAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw await TranslateAsync(e).ConfigureAwait(false);
        }
    }

    public override void Destroy(Exception? reason = null)
    {
        if (_completion.Task.IsCompleted)
        {
            return;
        }

        _reason ??= reason;
        _isDestroyed = true;
        _secret.Destroy(reason);

        // it may be all that is left: a peer that is gone does not acknowledge the last bytes
        _carrier.Destroy();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
    }

    protected override async ValueTask<PooledBuffer?> ReadMessageCoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _secret.ReadMessageAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ProtocolException)
        {
            throw await TranslateAsync(e).ConfigureAwait(false);
        }
    }

    private async Task WatchAsync()
    {
        // the secret stream hears of a break only while it is read or written
        await Task.WhenAny(_secret.Completion, _carrier.Completion).ConfigureAwait(false);
        if (_carrier.Completion is { IsCompletedSuccessfully: true, Result: not UdxStreamOutcome.Ended and var broken })
        {
            _secret.Destroy(new IOException($"what carries the stream broke: {broken}"));
        }

        Exception? failure = null;
        try
        {
            await _secret.Completion.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }

        UdxStreamOutcome outcome = await _carrier.Completion.ConfigureAwait(false);
        failure = _isDestroyed ? _reason
            : failure is not null ? Translate(failure, outcome)
            : outcome == UdxStreamOutcome.TimedOut ? new DhtException(DhtError.StreamTimeout)
            : null;
        if (failure is null)
        {
            _completion.TrySetResult();
        }
        else
        {
            _completion.TrySetException(failure);

            // nobody has to ask how a stream ended
            _ = _completion.Task.Exception;
        }
    }

    private async Task<Exception> TranslateAsync(Exception failure)
    {
        // a failed secret stream has given up its carrier, which ends now if it has not yet
        UdxStreamOutcome outcome = await _carrier.Completion.ConfigureAwait(false);
        return Translate(failure, outcome);
    }

    private DhtException Translate(Exception failure, UdxStreamOutcome outcome) => outcome switch
    {
        _ when _isDestroyed => new DhtException(DhtError.StreamReset, "this side destroyed the stream", _reason),
        _ when failure is ProtocolException => new DhtException(DhtError.ProtocolViolation, failure.Message, failure),
        _ => outcome.ToFailure() ?? new DhtException(DhtError.StreamReset),
    };
}

using System.IO.Pipelines;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Client.Streams;

/// <summary>
/// A noncustodial stream: a secret stream whose bytes go through the relay, which has no key to them. Messages,
/// back-pressure and half-closing are the secret stream's; what it runs over is a <see cref="RelayedStream"/>, whose
/// end and failure are this stream's too.
/// </summary>
internal sealed class SealedStream : DhtStream
{
    private const int BufferBytes = 16 * 1024;

    private readonly RelayedStream _raw;
    private readonly SecretStream _secret;
    private readonly Task _watching;

    /// <summary>Sends its header at once, for which the peer waits.</summary>
    /// <param name="raw">The bytes; it is taken over.</param>
    /// <param name="keys">Of the handshake; they are copied, and disposed here.</param>
    /// <param name="options">How the secret stream behaves.</param>
    public SealedStream(RelayedStream raw, NoiseResult keys, SecretStreamOptions options)
    {
        _raw = raw;
        using (keys)
        {
            _secret = SecretStream.Start(new RawPipe(raw), raw.IsInitiator, keys, options);
        }

        _watching = WatchAsync();
    }

    public override bool IsInitiator => _raw.IsInitiator;

    public override Fixed32 PublicKey => _secret.PublicKey;

    public override Fixed32 RemotePublicKey => _secret.RemotePublicKey;

    public override ReadOnlyMemory<byte> HandshakeHash => _secret.HandshakeHash;

    public override Task Completion => _raw.Completion;

    protected override bool IsEnded => _raw.Completion.IsCompleted;

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
            throw Translate(e);
        }
    }

    public override async ValueTask EndAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _secret.EndAsync(cancellationToken).ConfigureAwait(false);
            await _raw.EndAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Translate(e);
        }
    }

    public override void Destroy(Exception? reason = null)
    {
        _raw.Destroy(reason);
        _secret.Destroy(reason);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync().ConfigureAwait(false);
        await _secret.DisposeAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
    }

    protected override async ValueTask<PooledBuffer?> ReadMessageCoreAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _secret.ReadMessageAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ProtocolException)
        {
            throw Translate(e);
        }
    }

    /// <summary>The keys are zeroed, and what nobody has read is given back, even if both sides have ended.</summary>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _secret.Destroy();
        _raw.Dispose();
    }

    private static DhtException Translate(Exception failure)
    {
        for (Exception? e = failure; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case DhtException known:
                    return known;
                case ProtocolException broken:
                    return new DhtException(DhtError.ProtocolViolation, broken.Message, broken);
            }
        }

        return new DhtException(DhtError.StreamReset, "this side destroyed the stream", failure);
    }

    /// <summary>A peer that breaks the secret stream's protocol loses the raw stream as well.</summary>
    private async Task WatchAsync()
    {
        try
        {
            await _secret.Completion.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // nothing, if it is the raw stream that failed
            _raw.Destroy(Translate(e));
        }
    }

    /// <summary>
    /// The raw stream as a duplex of bytes. It is left open when its ends are completed: that says nothing of why.
    /// </summary>
    private sealed class RawPipe(RelayedStream raw) : IDuplexPipe
    {
        public PipeReader Input { get; } =
            PipeReader.Create(raw, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true));

        public PipeWriter Output { get; } =
            PipeWriter.Create(raw, new StreamPipeWriterOptions(minimumBufferSize: BufferBytes, leaveOpen: true));
    }
}

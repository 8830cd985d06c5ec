using System.IO.Pipelines;
using RelayCluster.Crypto.Noise;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Wire;

namespace RelayCluster.Crypto.Tests.SecretStreams;

/// <summary>Both sides of a secret stream whose handshake is over; every wait has a deadline.</summary>
internal sealed class StreamPair : IAsyncDisposable
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    internal StreamPair(
        SecretStreamOptions? initiatorOptions = null,
        SecretStreamOptions? responderOptions = null,
        int pauseThreshold = 64 * 1024)
    {
        var pipes = new PipePair(pauseThreshold);
        Initiator = Start(pipes.Initiator, isInitiator: true, initiatorOptions);
        Responder = Start(pipes.Responder, isInitiator: false, responderOptions);
    }

    internal SecretStream Initiator { get; }

    internal SecretStream Responder { get; }

    public async ValueTask DisposeAsync()
    {
        await Initiator.DisposeAsync().AsTask().WaitAsync(Deadline);
        await Responder.DisposeAsync().AsTask().WaitAsync(Deadline);
    }

    internal static SecretStream Start(IDuplexPipe pipe, bool isInitiator, SecretStreamOptions? options = null)
    {
        using NoiseResult keys = StreamKeys.MadeUp(isInitiator);
        return SecretStream.Start(pipe, isInitiator, keys, options);
    }

    /// <summary>The next message; null at the end.</summary>
    internal static async Task<byte[]?> ReadAsync(SecretStream stream)
    {
        PooledBuffer? message = await stream.ReadMessageAsync().AsTask().WaitAsync(Deadline);
        using PooledBuffer buffer = message ?? default;
        return message is null ? null : buffer.Span.ToArray();
    }
}

using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Dht;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Sessions;

/// <summary>What everything in a session has of it: the way to the relay, numbers, and room for what comes.</summary>
/// <param name="channel">The way.</param>
/// <param name="options">Read once by the node; nobody changes them any more.</param>
/// <param name="end">Ends the session.</param>
internal sealed class RelayLink(RelayChannel channel, RelayedDhtOptions options, Action<DhtException> end)
{
    private uint _lastNumber;

    public RelayedDhtOptions Options => options;

    /// <summary>How the secret streams of a noncustodial session behave.</summary>
    public SecretStreamOptions StreamOptions { get; } = new()
    {
        KeepAlive = options.ConnectionKeepAlive,
        TimeProvider = options.TimeProvider,
    };

    /// <summary>What has come and was not read yet.</summary>
    public InboundBudget Inbound { get; } = new(options.BufferBytes);

    /// <summary>A new alias or id. They come round after four thousand million, when the first is long gone.</summary>
    public uint NextNumber() => Interlocked.Increment(ref _lastNumber);

    /// <summary>
    /// Sends what the user says; completes when there is room for more. It is written down, in the order of the calls,
    /// before this returns.
    /// </summary>
    /// <exception cref="DhtException">The connection was lost.</exception>
    public async ValueTask SendAsync(RelayMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await channel.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new DhtException(DhtError.RelayLost, e);
        }
    }

    /// <summary>
    /// Sends what the user says at the end of something, and waits for nothing. If the connection was lost, that is the
    /// end too.
    /// </summary>
    public void Post(RelayMessage message)
    {
        try
        {
            // the room for more is somebody else's to wait for
            _ = channel.SendAsync(message).AsTask();
        }
        catch (IOException)
        {
            // the session's reader hears of it
        }
    }

    /// <summary>
    /// Sends an answer to the relay, and waits for nothing. A relay that asks and asks, and takes no answers, has broken
    /// the protocol.
    /// </summary>
    public void Reply(RelayMessage message)
    {
        try
        {
            channel.Reply(message);
        }
        catch (ProtocolException e)
        {
            end(new DhtException(DhtError.ProtocolViolation, e.Message, e));
        }
        catch (IOException)
        {
            // the session's reader hears of it
        }
    }
}

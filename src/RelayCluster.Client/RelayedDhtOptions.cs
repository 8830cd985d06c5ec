using Microsoft.Extensions.Logging;
using RelayCluster.Crypto;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Dialects;

namespace RelayCluster.Client;

/// <summary>How a relayed node connects to its relay, and what it lets the relay know. Read once, at the start.</summary>
public sealed class RelayedDhtOptions
{
    /// <summary>
    /// The key pair of connections and servers that bring none of their own. It stays the caller's, and must live as long
    /// as the node. Default null: a new one, which is zeroed when the node is disposed.
    /// </summary>
    public KeyPair? KeyPair { get; set; }

    /// <summary>
    /// Whether the relay gets the secret keys and does the cryptography: default true, as with the reference. Else they
    /// stay here, the relay asks for each Noise message and each signature, and sees ciphertext only.
    /// </summary>
    public bool Custodial { get; set; } = true;

    /// <summary>
    /// The generation of the relay protocol; by default the living one. <see cref="RelayDialect.Web4"/> is custodial
    /// only: what a noncustodial client of that generation signs, today's DHT does not accept.
    /// </summary>
    public RelayDialect Dialect { get; set; }

    /// <summary>
    /// Whether a lost connection is sought again until the node is disposed: servers then listen again under the same
    /// keys, and calls wait meanwhile. What is under way fails in any case, and the first connection is tried only once.
    /// Default false.
    /// </summary>
    public bool Reconnect { get; set; }

    /// <summary>
    /// About how long to wait before the first attempt to reconnect, and before a server that the relay did not let
    /// listen tries again: more than zero, by default half a second. It doubles with each attempt that fails; each wait is
    /// shortened at random by up to a half, lest all clients of a relay come back at once.
    /// </summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait between attempts, not less than the first: by default 30 seconds.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one attempt to reach the relay may take: more than zero, by default 10 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a sign of life is sent to the relay: more than zero, by default 15 seconds. Relays take a client for
    /// gone that was silent for three times as long.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; set; } = Heartbeat.DefaultInterval;

    /// <summary>
    /// How long the relay may be silent before the connection counts as lost: more than zero, by default 45 seconds.
    /// Time in which this side did not read, because <see cref="BufferBytes"/> was used up, does not count.
    /// </summary>
    public TimeSpan SilenceTimeout { get; set; } = Heartbeat.DefaultTimeout;

    /// <summary>
    /// How many bytes that nobody has read yet are held, for all streams and queries together: 1 or more, by default
    /// 8 MiB. Beyond it nothing is read from the relay until somebody reads, which then stops the peers; the protocol
    /// has no such thing for a single stream. What is left of a frame may go beyond it.
    /// </summary>
    public int BufferBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// How often an idle noncustodial stream says to its peer that it lives: by default 5 seconds, as the reference's
    /// direct connections; zero: never. Of a custodial one the relay does that.
    /// </summary>
    public TimeSpan ConnectionKeepAlive { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The clock of heartbeats, time-outs and reconnecting.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where to log; null for nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The randomness of reconnecting, for tests.</summary>
    internal Random Random { get; set; } = new();

    internal RelayedDhtOptions Copy()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ReconnectDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReconnectDelay, ReconnectDelay);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HeartbeatInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SilenceTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectionKeepAlive, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        if (!Custodial && Dialect == RelayDialect.Web4)
        {
            throw new NotSupportedException(
                "A client of the dialect Web4 has to be custodial: in that generation the signatures of announcements "
                + "and the namespace of handshakes are others than those of today's DHT, which would refuse them");
        }

        return (RelayedDhtOptions)MemberwiseClone();
    }
}

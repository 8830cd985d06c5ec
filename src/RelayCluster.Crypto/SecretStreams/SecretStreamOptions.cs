namespace RelayCluster.Crypto.SecretStreams;

/// <summary>How a secret stream behaves. Read once, when the stream starts.</summary>
public sealed class SecretStreamOptions
{
    /// <summary>
    /// The longest message taken from the other side, in bytes: 0 to 16,777,198 (the default, what a frame can hold). A
    /// longer one destroys the stream before memory is taken for it.
    /// </summary>
    public int MaxMessageBytes { get; set; } = SecretStream.MaxMessageBytes;

    /// <summary>
    /// How long this side may be silent before it sends an empty message; the other side's are then not shown to the
    /// reader. Zero (the default): never, and empty messages are messages.
    /// </summary>
    public TimeSpan KeepAlive { get; set; }

    /// <summary>The clock of <see cref="KeepAlive"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The generation spoken; the current one unless set.</summary>
    public StreamGeneration Generation { get; set; }

    /// <summary>
    /// Whether the responder of <see cref="SecretStream.HandshakeAsync"/> waits for the initiator's header, and answers
    /// in its generation whatever <see cref="Generation"/> says. False by default: it costs nothing in bytes, but the
    /// responder can send no message until the header came.
    /// </summary>
    public bool FollowInitiator { get; set; }
}

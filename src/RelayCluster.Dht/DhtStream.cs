using RelayCluster.Wire;

namespace RelayCluster.Dht;

/// <summary>
/// An encrypted, ordered stream of messages between two key pairs, direct or relayed. Each side can end its own half
/// (<see cref="EndAsync"/>) and go on reading; <see cref="Destroy"/> cuts both. One reader and one writer at a time; a
/// reader that stops reading stops the sender.
/// </summary>
public abstract class DhtStream : IAsyncDisposable
{
    /// <summary>Whether this side dialled.</summary>
    public abstract bool IsInitiator { get; }

    /// <summary>This side's public key.</summary>
    public abstract Fixed32 PublicKey { get; }

    /// <summary>The other side's public key, proven by the handshake.</summary>
    public abstract Fixed32 RemotePublicKey { get; }

    /// <summary>The 64 byte hash of the Noise handshake, equal on both sides.</summary>
    public abstract ReadOnlyMemory<byte> HandshakeHash { get; }

    /// <summary>
    /// Completes when the stream is over: successfully when both sides ended or this side destroyed it without a reason,
    /// with the reason otherwise.
    /// </summary>
    public abstract Task Completion { get; }

    /// <summary>The next message, which the caller then owns; null when the other side has ended.</summary>
    /// <exception cref="DhtException">The stream broke off.</exception>
    public abstract ValueTask<PooledBuffer?> ReadMessageAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends one message of at most 16,777,198 bytes; completes when the stream has room for the next.
    /// The memory is the caller's again then.
    /// </summary>
    /// <exception cref="DhtException">The stream broke off.</exception>
    public abstract ValueTask WriteMessageAsync(
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken = default);

    /// <summary>Ends this side's half after what was written; the other half stays open.</summary>
    public abstract ValueTask EndAsync(CancellationToken cancellationToken = default);

    /// <summary>Cuts both halves at once. The other side sees the stream closed.</summary>
    public abstract void Destroy(Exception? reason = null);

    /// <summary>
    /// Destroys the stream unless both sides have ended, and waits until nothing of it is left: after both ends, until the
    /// other side has acknowledged the last bytes or is given up.
    /// </summary>
    public abstract ValueTask DisposeAsync();
}

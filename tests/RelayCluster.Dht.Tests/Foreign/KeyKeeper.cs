using System.Collections.Concurrent;
using RelayCluster.Crypto;
using RelayCluster.Dht.Foreign;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Foreign;

/// <summary>
/// Somebody who has a secret key and does with it what a node asks for, or not, as the test says. The key pair stays
/// the test's.
/// </summary>
internal sealed class KeyKeeper(KeyPair keyPair, Fixed32? remotePublicKey = null)
    : IForeignIdentity, IAnnounceSigner, IDisposable
{
    public Fixed32 PublicKey => keyPair.PublicKey;

    /// <summary>The handshakes that were begun, in their order.</summary>
    public ConcurrentQueue<KeptHandshake> Handshakes { get; } = new();

    /// <summary>How many messages there were to read.</summary>
    public int Reads => Handshakes.Sum(static handshake => handshake.Reads);

    /// <summary>What comes of being asked to write; null: the message.</summary>
    public Exception? WriteFailure { get; init; }

    /// <summary>What comes of being asked to read; null: the payload.</summary>
    public Exception? ReadFailure { get; init; }

    /// <summary>What is changed of a message before it is given away.</summary>
    public Func<byte[], byte[]> Spoil { get; init; } = static message => message;

    /// <summary>Which announcements are signed.</summary>
    public Func<AnnounceToSign, bool> Signs { get; init; } = static _ => true;

    /// <summary>What a signature waits for.</summary>
    public Func<AnnounceToSign, CancellationToken, Task> BeforeSigning { get; init; } =
        static (_, _) => Task.CompletedTask;

    /// <summary>What was to be signed.</summary>
    public ConcurrentQueue<AnnounceToSign> Announces { get; } = new();

    public IForeignHandshake BeginHandshake()
    {
        var handshake = new KeptHandshake(this, keyPair, remotePublicKey);
        Handshakes.Enqueue(handshake);
        return handshake;
    }

    public async ValueTask<byte[]?> SignAsync(AnnounceToSign announce, CancellationToken cancellationToken)
    {
        Announces.Enqueue(announce);
        await BeforeSigning(announce, cancellationToken);
        return Signs(announce) ? announce.Sign(keyPair) : null;
    }

    public void Dispose()
    {
        foreach (KeptHandshake handshake in Handshakes)
        {
            handshake.Dispose();
        }
    }
}

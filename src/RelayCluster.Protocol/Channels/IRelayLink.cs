using System.Diagnostics.CodeAnalysis;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Channels;

/// <summary>What a <see cref="RelayChannel"/> speaks through.</summary>
internal interface IRelayLink : IAsyncDisposable
{
    /// <summary>What the two sides speak.</summary>
    RelayDialect SpokenDialect { get; }

    /// <summary>Who is at the other end, for logs.</summary>
    string RemoteEndPoint { get; }

    /// <summary>Why the other side has closed, in its words; null if it has not, or has not said.</summary>
    string? RemoteReason { get; }

    /// <summary>The longest body of a message that can be sent.</summary>
    int MaxMessageBytes { get; }

    /// <summary>The next message, if it is here already.</summary>
    /// <exception cref="ProtocolException">The other side broke the protocol.</exception>
    bool TryRead([NotNullWhen(true)] out RelayMessage? message);

    /// <summary>Waits until it may be worth to try again; false: the other side has closed.</summary>
    /// <exception cref="ProtocolException">The other side broke the protocol.</exception>
    /// <exception cref="IOException">The connection was cut.</exception>
    ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Writes a message down, and completes when there is room for the next.</summary>
    /// <exception cref="IOException">The connection was cut, or the other side has closed.</exception>
    ValueTask SendAsync(RelayMessage message, CancellationToken cancellationToken);

    /// <summary>Writes an answer down, and waits for nothing.</summary>
    /// <exception cref="IOException">The connection was cut, or the other side has closed.</exception>
    /// <exception cref="ProtocolException">The other side asks and asks, and takes no answers.</exception>
    void Reply(RelayMessage message);

    /// <summary>Closes behind what was sent, and says why where there is a place for it.</summary>
    ValueTask CloseAsync(CloseReason reason, CancellationToken cancellationToken);

    /// <summary>Ends it at once; pending calls fail.</summary>
    void Abort();
}

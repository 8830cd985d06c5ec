using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Dialects;

/// <summary>
/// What differs between the generations of the relay protocol: how its messages lie in Protomux frames, and how the two
/// sides agree to speak it. The bodies of the messages do not differ. A state machine, fed and drained by
/// <see cref="RelayChannel"/>, which also sees to it that calls do not overlap.
/// </summary>
internal interface IDialect : IFrameSource
{
    /// <summary>Whether the other side has closed or refused it; nothing more will be read.</summary>
    bool IsClosed { get; }

    /// <summary>Whether nothing of the frame handed in last is left to read.</summary>
    bool IsFrameRead { get; }

    /// <summary>Takes a frame, whose memory stays in place until <see cref="TryReadMessage"/> is false.</summary>
    void HandleFrame(ReadOnlyMemory<byte> frame);

    /// <summary>Reads up to where both sides have opened the protocol; false if the frame ends before.</summary>
    /// <exception cref="ProtocolException">The frame is malformed.</exception>
    bool TryOpen();

    /// <summary>The next message in the frame.</summary>
    /// <exception cref="ProtocolException">The frame is malformed.</exception>
    bool TryReadMessage(out DialectMessage message);

    /// <summary>The place for a message's body.</summary>
    bool TryBeginMessage(RelayMessageType type, int length, out Span<byte> body);
}

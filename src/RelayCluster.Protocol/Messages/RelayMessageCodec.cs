using System.Diagnostics;
using System.Security.Cryptography;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Turns the 28 messages into the bytes that Protomux carries, and back.</summary>
public static class RelayMessageCodec
{
    /// <summary>How many message types there are.</summary>
    public const int Count = 28;

    /// <summary>How many bytes the message's body takes.</summary>
    public static int GetEncodedSize(RelayMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.GetEncodedSize();
    }

    /// <summary>Writes the body into exactly the bytes that it takes.</summary>
    public static void Write(RelayMessage message, Span<byte> body)
    {
        ArgumentNullException.ThrowIfNull(message);
        var writer = new CompactWriter(body);
        message.Write(ref writer);
        Debug.Assert(writer.Remaining == 0, "a message fills its measure");
    }

    /// <summary>
    /// Reads a body and takes its memory over: data keeps it, every other message gives it back, zeroed where a secret
    /// key lay in it.
    /// </summary>
    /// <exception cref="ProtocolException">The body is no such message.</exception>
    public static RelayMessage Read(RelayMessageType type, PooledBuffer body)
    {
        bool isTaken = false;
        try
        {
            if (type == RelayMessageType.Data)
            {
                RelayMessage data = DataMessage.Read(body);
                isTaken = true;
                return data;
            }

            return Read(type, body.Span);
        }
        finally
        {
            if (!isTaken)
            {
                body.Dispose();
            }
        }
    }

    /// <summary>
    /// Reads a body out of memory that stays its owner's: data is copied, and a secret key is zeroed where it lay.
    /// </summary>
    /// <exception cref="ProtocolException">The body is no such message.</exception>
    public static RelayMessage Read(RelayMessageType type, Span<byte> body)
    {
        if (type == RelayMessageType.Data)
        {
            return Read(type, PooledBuffer.CopyOf(body));
        }

        RelayMessage? message = null;
        try
        {
            var reader = new CompactReader(body);
            message = Read(type, ref reader);
            return message;
        }
        finally
        {
            // what cannot be read may hold a key as well
            if (message is null or { HasSecret: true })
            {
                CryptographicOperations.ZeroMemory(body);
            }
        }
    }

    private static RelayMessage Read(RelayMessageType type, ref CompactReader reader) => type switch
    {
        RelayMessageType.Handshake => HandshakeMessage.Read(ref reader),
        RelayMessageType.Ping => PingMessage.Instance,
        RelayMessageType.Pong => PongMessage.Instance,
        RelayMessageType.Connect => ConnectMessage.Read(ref reader),
        RelayMessageType.Connection => ConnectionMessage.Read(ref reader),
        RelayMessageType.Connected => ConnectedMessage.Read(ref reader),
        RelayMessageType.Incoming => IncomingMessage.Read(ref reader),
        RelayMessageType.Deny => DenyMessage.Read(ref reader),
        RelayMessageType.Accept => AcceptMessage.Read(ref reader),
        RelayMessageType.Destroy => DestroyMessage.Read(ref reader),
        RelayMessageType.Listen => ListenMessage.Read(ref reader),
        RelayMessageType.Listening => ListeningMessage.Read(ref reader),
        RelayMessageType.Close => CloseMessage.Read(ref reader),
        RelayMessageType.Closed => ClosedMessage.Read(ref reader),
        RelayMessageType.Open => OpenMessage.Read(ref reader),
        RelayMessageType.End => EndMessage.Read(ref reader),
        RelayMessageType.Result => ResultMessage.Read(ref reader),
        RelayMessageType.Finished => FinishedMessage.Read(ref reader),
        RelayMessageType.Lookup => LookupMessage.Read(ref reader),
        RelayMessageType.Announce => AnnounceMessage.Read(ref reader),
        RelayMessageType.Unannounce => UnannounceMessage.Read(ref reader),
        RelayMessageType.SignAnnounce => SignAnnounceMessage.Read(ref reader),
        RelayMessageType.SignUnannounce => SignUnannounceMessage.Read(ref reader),
        RelayMessageType.Signature => SignatureMessage.Read(ref reader),
        RelayMessageType.NoiseSend => NoiseSendMessage.Read(ref reader),
        RelayMessageType.NoiseReceive => NoiseReceiveMessage.Read(ref reader),
        RelayMessageType.NoiseReply => NoiseReplyMessage.Read(ref reader),
        _ => throw new ProtocolException($"the relay protocol has no message {(int)type}"),
    };
}

using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to a client that keeps its key: sign an announcement for one node.</summary>
/// <param name="Id">The id of this question, which the signature names.</param>
/// <param name="Signee">The client's alias of the server, or the id of its query, that this is for.</param>
/// <param name="Token">What the node wants to see.</param>
/// <param name="PeerId">The node's id; it is part of what is signed.</param>
/// <param name="RelayAddresses">The nodes that relay handshakes to the announced key, as they are announced.</param>
/// <remarks>
/// What is signed, with Ed25519: the 32 bytes of HyperDHT's namespace of ANNOUNCE, then BLAKE2b-256 of
/// <code>
///   target (32) ‖ peer id (32) ‖ token (32) ‖ public key (32) ‖ count of relay addresses ‖ each: IPv4 (4), port (2, LE)
/// </code>
/// The target is the topic of the query, or the BLAKE2b-256 of the server's public key. The order is that, and not the
/// one of the message. The relay addresses are none in our relay, and are
/// signed as they come.
/// <para>
/// The answer is a <see cref="SignatureMessage"/> with the same id; an empty one, or none within the relay's
/// <c>AnswerTimeout</c>, leaves this one node out. A server is asked for three nodes when it begins to listen, before
/// its <see cref="ListeningMessage"/>, and then every five minutes or when nodes leave; a query for each of the 20
/// closest nodes, all at once.
/// </para>
/// <para>
/// A server for which the client has signed nothing by then is closed as soon as it listens: anybody can ask to listen
/// on a key, but only who has it can sign.
/// </para>
/// </remarks>
public sealed record SignAnnounceMessage(
    uint Id, uint Signee, Fixed32 Token, Fixed32? PeerId, IReadOnlyList<IPEndPoint> RelayAddresses) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.SignAnnounce;

    internal static SignAnnounceMessage Read(ref CompactReader reader)
    {
        uint id = reader.ReadUInt32();
        uint signee = reader.ReadUInt32();
        Fixed32 token = reader.ReadFixed32();
        Fixed32? peerId = reader.ReadNodeId();
        return new SignAnnounceMessage(id, signee, token, peerId, reader.ReadEndPoints());
    }

    internal override int GetEncodedSize() =>
        (2 * MessageFields.IdSize)
        + Fixed32.Size
        + MessageFields.GetNodeIdSize(PeerId)
        + MessageFields.GetEndPointsSize(RelayAddresses);

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt32(Id);
        writer.WriteUInt32(Signee);
        writer.WriteFixed32(Token);
        writer.WriteNodeId(PeerId);
        writer.WriteEndPoints(RelayAddresses);
    }
}

using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to a client that keeps its key: sign for one node that an announcement is taken back.</summary>
/// <param name="Id">The id of this question, which the signature names.</param>
/// <param name="Signee">The client's alias of the server, or the id of its query, that this is for.</param>
/// <param name="Token">What the node wants to see.</param>
/// <param name="PeerId">The node's id; it is part of what is signed.</param>
/// <param name="RelayAddresses">None: a withdrawal names no relays, whatever was announced.</param>
/// <remarks>
/// What is signed is drawn at <see cref="SignAnnounceMessage"/>; here the namespace is the one of UNANNOUNCE.
/// <para>
/// The answer is a <see cref="SignatureMessage"/> with the same id; an empty one, or none within the relay's
/// <c>AnswerTimeout</c>, leaves the announcement at this one node. A server is asked when the client closes it, between
/// its <see cref="CloseMessage"/> and the <see cref="ClosedMessage"/>, for two seconds at most, and when nodes are
/// not among the closest any more; an unannounce for each node that knows the key. A client that has gone cannot be
/// asked: what it announced the nodes forget by themselves.
/// </para>
/// </remarks>
public sealed record SignUnannounceMessage(
    uint Id, uint Signee, Fixed32 Token, Fixed32? PeerId, IReadOnlyList<IPEndPoint> RelayAddresses) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.SignUnannounce;

    internal static SignUnannounceMessage Read(ref CompactReader reader)
    {
        uint id = reader.ReadUInt32();
        uint signee = reader.ReadUInt32();
        Fixed32 token = reader.ReadFixed32();
        Fixed32? peerId = reader.ReadNodeId();
        return new SignUnannounceMessage(id, signee, token, peerId, reader.ReadEndPoints());
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

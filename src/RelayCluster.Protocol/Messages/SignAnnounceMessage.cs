using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to a client that keeps its key: sign an announcement for one node.</summary>
/// <param name="Id">The id of this question, which the signature names.</param>
/// <param name="Signee">The client's alias of the server, or the id of its query, that this is for.</param>
/// <param name="Token">What the node wants to see.</param>
/// <param name="PeerId">The node's id; it is part of what is signed.</param>
/// <param name="RelayAddresses">The nodes that relay handshakes to the announced key, as they are announced.</param>
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

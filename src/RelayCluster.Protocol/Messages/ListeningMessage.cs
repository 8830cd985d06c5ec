using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Relay to client: the server listens.</summary>
/// <param name="Alias">The relay's alias of the server.</param>
/// <param name="RemoteAlias">The client's.</param>
/// <param name="EndPoint">The relay's address on the DHT (IPv4), which the client shows as the server's.</param>
public sealed record ListeningMessage(uint Alias, uint RemoteAlias, IPEndPoint EndPoint) : RelayMessage
{
    /// <inheritdoc/>
    public override RelayMessageType Type => RelayMessageType.Listening;

    internal static ListeningMessage Read(ref CompactReader reader) =>
        new(reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadIPv4EndPoint());

    internal override int GetEncodedSize() => (2 * MessageFields.IdSize) + CompactSize.IPv4EndPoint;

    internal override void Write(ref CompactWriter writer)
    {
        writer.WriteUInt32(Alias);
        writer.WriteUInt32(RemoteAlias);
        writer.WriteIPv4EndPoint(EndPoint);
    }
}

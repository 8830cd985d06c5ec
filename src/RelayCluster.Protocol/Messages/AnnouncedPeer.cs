using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>Who announced a topic.</summary>
/// <param name="PublicKey">The peer's key.</param>
/// <param name="RelayAddresses">The nodes that relay handshakes to it (IPv4).</param>
public sealed record AnnouncedPeer(Fixed32 PublicKey, IReadOnlyList<IPEndPoint> RelayAddresses)
{
    /// <summary>A key and an empty list.</summary>
    internal const int MinEncodedSize = Fixed32.Size + 1;

    internal static AnnouncedPeer Read(ref CompactReader reader) => new(reader.ReadFixed32(), reader.ReadEndPoints());

    internal int GetEncodedSize() => Fixed32.Size + MessageFields.GetEndPointsSize(RelayAddresses);

    internal void Write(ref CompactWriter writer)
    {
        writer.WriteFixed32(PublicKey);
        writer.WriteEndPoints(RelayAddresses);
    }
}

using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Protocol.Messages;

/// <summary>A DHT node as results tell of it.</summary>
/// <param name="Id">Its id; null where it gave none.</param>
/// <param name="EndPoint">Its address (IPv4).</param>
public sealed record AnnouncingNode(Fixed32? Id, IPEndPoint EndPoint)
{
    internal static AnnouncingNode Read(ref CompactReader reader) =>
        new(reader.ReadNodeId(), reader.ReadIPv4EndPoint());

    internal int GetEncodedSize() => MessageFields.GetNodeIdSize(Id) + CompactSize.IPv4EndPoint;

    internal void Write(ref CompactWriter writer)
    {
        writer.WriteNodeId(Id);
        writer.WriteIPv4EndPoint(EndPoint);
    }
}

using System.Net;
using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>Addresses as HyperDHT's messages hold them: behind a flag, or in lists.</summary>
internal static class EndPointExtensions
{
    public static void WriteOptionalEndPoint(this ref CompactWriter writer, UdpEndPoint? endPoint)
    {
        if (endPoint is { } value)
        {
            EndPointCodec.Write(ref writer, value);
        }
    }

    public static bool TryReadOptionalEndPoint(this ref CompactReader reader, bool isThere, out UdpEndPoint? endPoint)
    {
        endPoint = null;
        if (!isThere)
        {
            return true;
        }

        bool read = EndPointCodec.TryRead(ref reader, out UdpEndPoint value);
        endPoint = read ? value : null;
        return read;
    }

    public static int GetEncodedSize(this IReadOnlyList<UdpEndPoint> endPoints) =>
        CompactSize.UInt((uint)endPoints.Count) + (endPoints.Count * EndPointCodec.Size);

    public static void WriteEndPoints(this ref CompactWriter writer, IReadOnlyList<UdpEndPoint> endPoints)
    {
        writer.WriteUInt((uint)endPoints.Count);
        foreach (UdpEndPoint endPoint in endPoints)
        {
            EndPointCodec.Write(ref writer, endPoint);
        }
    }

    public static bool TryReadEndPoints(this ref CompactReader reader, out UdpEndPoint[] endPoints)
    {
        endPoints = [];
        if (!reader.TryReadLength(out int count) || count > reader.Remaining / EndPointCodec.Size)
        {
            return false;
        }

        endPoints = count == 0 ? [] : new UdpEndPoint[count];
        for (int i = 0; i < count; i++)
        {
            EndPointCodec.TryRead(ref reader, out endPoints[i]);
        }

        return true;
    }

    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public static UdpEndPoint ReadEndPoint(this ref CompactReader reader) =>
        EndPointCodec.TryRead(ref reader, out UdpEndPoint endPoint)
            ? endPoint
            : throw new ProtocolException("the bytes end early: an address takes six");

    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public static UdpEndPoint[] ReadEndPoints(this ref CompactReader reader) =>
        reader.TryReadEndPoints(out UdpEndPoint[] endPoints)
            ? endPoints
            : throw new ProtocolException("the bytes end early: there are fewer addresses than announced");

    public static IPEndPoint[] ToIPEndPoints(this IReadOnlyList<UdpEndPoint> endPoints) =>
        [.. endPoints.Select(e => e.ToIPEndPoint())];
}

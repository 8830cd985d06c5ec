using System.Buffers.Binary;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Messages;

/// <summary>
/// compact-encoding's <c>ipv4Address</c> by value, and optional 32 byte fields: what both message kinds are made of.
/// </summary>
internal static class EndPointCodec
{
    /// <summary>Four bytes of address in network order, two of port in little endian.</summary>
    public const int Size = 6;

    public static bool TryRead(ref CompactReader reader, out UdpEndPoint endPoint)
    {
        if (reader.TryReadFixed(sizeof(uint), out ReadOnlySpan<byte> address)
            && reader.TryReadUInt16(out ushort port))
        {
            endPoint = new UdpEndPoint(BinaryPrimitives.ReadUInt32BigEndian(address), port);
            return true;
        }

        endPoint = default;
        return false;
    }

    public static void Write(ref CompactWriter writer, UdpEndPoint endPoint)
    {
        writer.WriteUInt32BigEndian(endPoint.Address);
        writer.WriteUInt16(endPoint.Port);
    }

    public static bool TryReadOptional(ref CompactReader reader, bool isThere, out Fixed32? value)
    {
        value = null;
        if (!isThere)
        {
            return true;
        }

        bool read = reader.TryReadFixed32(out Fixed32 bytes);
        value = bytes;
        return read;
    }

    public static void WriteOptional(ref CompactWriter writer, in Fixed32? value)
    {
        if (value is Fixed32 bytes)
        {
            writer.WriteFixed32(bytes);
        }
    }
}

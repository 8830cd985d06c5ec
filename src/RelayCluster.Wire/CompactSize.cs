using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RelayCluster.Wire;

#pragma warning disable CA1720 // the members have the names of the codecs

/// <summary>
/// How many bytes a value takes in compact-encoding: what the reference calls preencode. Fixed widths have no method;
/// their sizes are in their names.
/// </summary>
public static class CompactSize
{
    /// <summary>The byte of a bool.</summary>
    public const int Bool = 1;

    /// <summary>Four bytes of address and two of port.</summary>
    public const int IPv4EndPoint = 6;

    /// <summary>Sixteen bytes of address and two of port.</summary>
    public const int IPv6EndPoint = 18;

    /// <summary>1, 3, 5 or 9 bytes.</summary>
    public static int UInt(ulong value) => value switch
    {
        <= 0xfc => 1,
        <= ushort.MaxValue => 3,
        <= uint.MaxValue => 5,
        _ => 9,
    };

    /// <summary>1, 3, 5 or 9 bytes.</summary>
    public static int Int(long value) => UInt(ZigZag.Encode(value));

    /// <summary>The length and the bytes, of which there are <paramref name="length"/>.</summary>
    public static int Buffer(int length) => UInt((ulong)length) + length;

    /// <summary>The length and the bytes.</summary>
    public static int Buffer(ReadOnlySpan<byte> bytes) => Buffer(bytes.Length);

    /// <summary>The length and the bytes in UTF-8.</summary>
    public static int String(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Buffer(Encoding.UTF8.GetByteCount(value));
    }

    /// <summary>The milliseconds since 1970.</summary>
    public static int Date(DateTimeOffset value) => Int(value.ToUnixTimeMilliseconds());

    /// <summary>The family, the address and the port.</summary>
    public static int IPEndPoint(IPEndPoint value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return 1 + (value.AddressFamily == AddressFamily.InterNetwork ? IPv4EndPoint : IPv6EndPoint);
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RelayCluster.Host.Proxies;

/// <summary>
/// What a proxy says first on a connection, to tell whose it is: the PROXY protocol, versions 1 and 2.
/// <code>
/// 1   PROXY TCP4 203.0.113.7 198.51.100.1 51234 49444 CR LF      TCP6 likewise; PROXY UNKNOWN ... CR LF
/// 2   0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A                        the signature
///     2c  ff  nn nn                                              c: 0 local, 1 proxied; ff: family; length of the rest
///     source, destination, source port, destination port         11: IPv4 over TCP, 21: IPv6 over TCP
///     ...                                                        more, which is passed over
/// </code>
/// Source: haproxy's <c>doc/proxy-protocol.txt</c>, sections 2.1 and 2.2.
/// </summary>
internal static class ProxyHeader
{
    /// <summary>The longest that is read, with whatever a proxy adds: version 2 has room for 64 KiB.</summary>
    public const int MaxBytes = 4096;

    private const int MaxLineBytes = 107;
    private const int BinaryHeadBytes = 16;

    private static ReadOnlySpan<byte> LineStart => "PROXY "u8;

    private static ReadOnlySpan<byte> BinaryStart => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads a header off the beginning of what has come so far.</summary>
    /// <param name="bytes">All that has come.</param>
    /// <param name="source">Where the connection comes from; null if the proxy has made it for itself, or does not
    /// know.</param>
    /// <param name="length">How long the header is.</param>
    public static OperationStatus Read(ReadOnlySpan<byte> bytes, out IPEndPoint? source, out int length)
    {
        source = null;
        length = 0;
        if (bytes.StartsWith(LineStart))
        {
            return ReadLine(bytes, out source, out length);
        }

        if (bytes.StartsWith(BinaryStart))
        {
            return ReadBinary(bytes, out source, out length);
        }

        return LineStart.StartsWith(bytes) || BinaryStart.StartsWith(bytes)
            ? OperationStatus.NeedMoreData
            : OperationStatus.InvalidData;
    }

    private static OperationStatus ReadLine(ReadOnlySpan<byte> bytes, out IPEndPoint? source, out int length)
    {
        source = null;
        int end = bytes[..Math.Min(bytes.Length, MaxLineBytes)].IndexOf("\r\n"u8);
        length = end + 2;
        if (end < 0)
        {
            return bytes.Length < MaxLineBytes ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;
        }

        string[] fields = Encoding.ASCII.GetString(bytes[..end]).Split(' ');
        if (fields[1] == "UNKNOWN")
        {
            return OperationStatus.Done;
        }

        if (fields.Length != 6
            || GetFamily(fields[1]) is not { } family
            || ReadEndPoint(fields[2], fields[4], family) is not { } sender
            || ReadEndPoint(fields[3], fields[5], family) is null)
        {
            return OperationStatus.InvalidData;
        }

        source = sender;
        return OperationStatus.Done;
    }

    private static AddressFamily? GetFamily(string protocol) => protocol switch
    {
        "TCP4" => AddressFamily.InterNetwork,
        "TCP6" => AddressFamily.InterNetworkV6,
        _ => null,
    };

    private static IPEndPoint? ReadEndPoint(string address, string port, AddressFamily family)
    {
        // The parser of .NET takes more than a header may have: 127.1, 010.0.0.1, [::1], fe80::1%2.
        bool isPlain = address.All(static c => char.IsAsciiHexDigit(c) || c is '.' or ':');
        return isPlain
            && IPAddress.TryParse(address, out IPAddress? parsed)
            && parsed.AddressFamily == family
            && (family == AddressFamily.InterNetworkV6 || parsed.ToString() == address)
            && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
            ? new IPEndPoint(parsed, number)
            : null;
    }

    private static OperationStatus ReadBinary(ReadOnlySpan<byte> bytes, out IPEndPoint? source, out int length)
    {
        source = null;
        length = 0;
        if (bytes.Length < BinaryHeadBytes)
        {
            return OperationStatus.NeedMoreData;
        }

        (int version, int command) = (bytes[12] >> 4, bytes[12] & 0x0f);
        length = BinaryHeadBytes + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (version != 2 || command > 1 || length > MaxBytes)
        {
            return OperationStatus.InvalidData;
        }

        if (bytes.Length < length)
        {
            return OperationStatus.NeedMoreData;
        }

        int addressBytes = bytes[13] switch
        {
            0x11 => 4,
            0x21 => 16,
            _ => 0,
        };
        if (command == 0 || addressBytes == 0)
        {
            return OperationStatus.Done;
        }

        ReadOnlySpan<byte> rest = bytes[BinaryHeadBytes..length];
        if (rest.Length < (2 * addressBytes) + 4)
        {
            return OperationStatus.InvalidData;
        }

        int port = BinaryPrimitives.ReadUInt16BigEndian(rest[(2 * addressBytes)..]);
        source = new IPEndPoint(new IPAddress(rest[..addressBytes]), port);
        return OperationStatus.Done;
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RelayCluster.Udx.Sockets;

/// <summary>
/// An IPv4 address and a port by value. <see cref="IPEndPoint"/> is a class; an endpoint that is read from every datagram
/// must not cost an allocation each.
/// </summary>
public readonly record struct UdpEndPoint
{
    private const int AddressBytes = 4;

    /// <summary>The address as the number that its four bytes make, the first one most significant.</summary>
    /// <param name="address">127.0.0.1 is 0x7f000001.</param>
    /// <param name="port">The UDP port.</param>
    public UdpEndPoint(uint address, ushort port)
    {
        Address = address;
        Port = port;
    }

    /// <summary>The same address, also out of an IPv4-mapped IPv6 one.</summary>
    /// <exception cref="ArgumentException">The address is an IPv6 address.</exception>
    public UdpEndPoint(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        IPAddress address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new ArgumentException($"{endPoint} is not an IPv4 endpoint", nameof(endPoint));
        }

        Span<byte> bytes = stackalloc byte[AddressBytes];
        address.TryWriteBytes(bytes, out _);
        Address = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        Port = (ushort)endPoint.Port;
    }

    /// <summary>The address as a number: 127.0.0.1 is 0x7f000001.</summary>
    public uint Address { get; }

    /// <summary>The UDP port.</summary>
    public ushort Port { get; }

    /// <summary>Reads <c>a.b.c.d:port</c>.</summary>
    /// <exception cref="FormatException">The text is something else.</exception>
    public static UdpEndPoint Parse(string text) => TryParse(text, out UdpEndPoint endPoint)
        ? endPoint
        : throw new FormatException($"'{text}' is not an IPv4 address with a port, such as 127.0.0.1:49737");

    /// <summary>Reads <c>a.b.c.d:port</c>; false if the text is something else.</summary>
    public static bool TryParse(string? text, out UdpEndPoint endPoint)
    {
        endPoint = default;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (text is null || colon < 0 ||
            !IPAddress.TryParse(text.AsSpan(0, colon), out IPAddress? address) ||
            address.AddressFamily != AddressFamily.InterNetwork ||
            !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return false;
        }

        endPoint = new UdpEndPoint(new IPEndPoint(address, port));
        return true;
    }

    /// <summary>The same endpoint as the class that the base library takes.</summary>
    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), Port);

    /// <summary>The address alone.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[AddressBytes];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Address);
        return new IPAddress(bytes);
    }

    /// <summary><c>a.b.c.d:port</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Address >> 24}.{(Address >> 16) & 255}.{(Address >> 8) & 255}.{Address & 255}:{Port}");
}

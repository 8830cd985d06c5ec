using System.Net;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// What client and server tell each other inside the Noise handshake: how the other can reach this side, and the stream
/// to reach it with.
/// </summary>
/// <remarks>
/// <code>
/// uint     version         1; nothing after another version is read
/// uint     flags           bit by bit, which of the parts below are there
/// uint     error           <see cref="HyperErrorCode"/>
/// uint     firewall        <see cref="Firewall"/>
///   1      holepunch       uint id, array of relays: address of the relay, address of the server there
///   2      addresses4      array of IPv4 addresses; an empty one is left out
///   4      addresses6      array of IPv6 addresses; an empty one is left out
///   8      udx             uint version 1, uint features (1: reusable socket), uint id, uint sequence
///  16      secret stream   uint version 1
///  32      relay through   uint version 1, uint flags 0, public key, token
///  64      relay addresses array of IPv4 addresses: where later connections can ask first
/// </code>
/// Source: hyperdht 6.34, lib/messages.js. Unknown flags and bytes after the end are ignored.
/// </remarks>
internal sealed record NoisePayload
{
    /// <summary>The version that this codec knows.</summary>
    public const ulong CurrentVersion = 1;

    private const uint ReusableSocket = 1;

    [Flags]
    private enum Part
    {
        None = 0,
        Holepunch = 1,
        Addresses4 = 2,
        Addresses6 = 4,
        Udx = 8,
        SecretStream = 16,
        RelayThrough = 32,
        RelayAddresses = 64,
    }

    public ulong Version { get; init; } = CurrentVersion;

    public ulong Error { get; init; }

    public ulong Firewall { get; init; }

    public HolepunchInfo? Holepunch { get; init; }

    public IReadOnlyList<UdpEndPoint> Addresses4 { get; init; } = [];

    public IReadOnlyList<IPEndPoint> Addresses6 { get; init; } = [];

    public UdxInfo? Udx { get; init; }

    /// <summary>The version of the secret stream that the side wants to speak; null if it said nothing.</summary>
    public ulong? SecretStreamVersion { get; init; }

    public RelayThroughInfo? RelayThrough { get; init; }

    /// <summary>Null is not there; an empty list is there and empty.</summary>
    public IReadOnlyList<UdpEndPoint>? RelayAddresses { get; init; }

    /// <summary>The bytes of the payload.</summary>
    public byte[] Encode()
    {
        byte[] encoded = new byte[GetEncodedSize()];
        var writer = new CompactWriter(encoded);
        writer.WriteUInt(CurrentVersion);
        writer.WriteUInt((uint)GetParts());
        writer.WriteUInt(Error);
        writer.WriteUInt(Firewall);
        Holepunch?.Write(ref writer);
        WriteAddresses(ref writer);
        WriteStreams(ref writer);
        WriteRelays(ref writer);
        return encoded;
    }

    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public static NoisePayload Decode(ReadOnlySpan<byte> encoded)
    {
        var reader = new CompactReader(encoded);
        ulong version = reader.ReadUInt();
        if (version != CurrentVersion)
        {
            return new NoisePayload { Version = version };
        }

        var parts = (Part)(reader.ReadUInt() & 0x7f);
        return new NoisePayload
        {
            Error = reader.ReadUInt(),
            Firewall = reader.ReadUInt(),
            Holepunch = parts.HasFlag(Part.Holepunch) ? HolepunchInfo.Read(ref reader) : null,
            Addresses4 = parts.HasFlag(Part.Addresses4) ? reader.ReadEndPoints() : [],
            Addresses6 = parts.HasFlag(Part.Addresses6) ? ReadAddresses6(ref reader) : [],
            Udx = parts.HasFlag(Part.Udx) ? ReadUdx(ref reader) : null,
            SecretStreamVersion = parts.HasFlag(Part.SecretStream) ? reader.ReadUInt() : null,
            RelayThrough = parts.HasFlag(Part.RelayThrough) ? ReadRelayThrough(ref reader) : null,
            RelayAddresses = parts.HasFlag(Part.RelayAddresses) ? reader.ReadEndPoints() : null,
        };
    }

    private Part GetParts() =>
        (Holepunch is null ? 0 : Part.Holepunch)
        | (Addresses4.Count == 0 ? 0 : Part.Addresses4)
        | (Addresses6.Count == 0 ? 0 : Part.Addresses6)
        | (Udx is null ? 0 : Part.Udx)
        | (SecretStreamVersion is null ? 0 : Part.SecretStream)
        | (RelayThrough is null ? 0 : Part.RelayThrough)
        | (RelayAddresses is null ? 0 : Part.RelayAddresses);

    private int GetEncodedSize()
    {
        int size = CompactSize.UInt(CurrentVersion)
            + CompactSize.UInt((uint)GetParts())
            + CompactSize.UInt(Error)
            + CompactSize.UInt(Firewall);
        if (Addresses4.Count > 0)
        {
            size += Addresses4.GetEncodedSize();
        }

        if (Addresses6.Count > 0)
        {
            size += CompactSize.UInt((uint)Addresses6.Count) + (Addresses6.Count * CompactSize.IPv6EndPoint);
        }

        if (Udx is not null)
        {
            // version and features, a byte each
            size += 2 + CompactSize.UInt(Udx.Id) + CompactSize.UInt(Udx.Sequence);
        }

        if (SecretStreamVersion is { } version)
        {
            size += CompactSize.UInt(version);
        }

        if (RelayThrough is not null)
        {
            // version and flags, a byte each
            size += 2 + (2 * Fixed32.Size);
        }

        return size + (Holepunch?.GetEncodedSize() ?? 0) + (RelayAddresses?.GetEncodedSize() ?? 0);
    }

    private void WriteAddresses(ref CompactWriter writer)
    {
        if (Addresses4.Count > 0)
        {
            writer.WriteEndPoints(Addresses4);
        }

        if (Addresses6.Count > 0)
        {
            writer.WriteUInt((uint)Addresses6.Count);
            foreach (IPEndPoint address in Addresses6)
            {
                writer.WriteIPv6EndPoint(address);
            }
        }
    }

    private void WriteStreams(ref CompactWriter writer)
    {
        if (Udx is not null)
        {
            writer.WriteUInt(1);
            writer.WriteUInt(Udx.IsSocketReusable ? ReusableSocket : 0);
            writer.WriteUInt(Udx.Id);
            writer.WriteUInt(Udx.Sequence);
        }

        if (SecretStreamVersion is { } version)
        {
            writer.WriteUInt(version);
        }
    }

    private void WriteRelays(ref CompactWriter writer)
    {
        if (RelayThrough is not null)
        {
            writer.WriteUInt(1);
            writer.WriteUInt(0);
            writer.WriteFixed32(RelayThrough.PublicKey);
            writer.WriteFixed32(RelayThrough.Token);
        }

        if (RelayAddresses is not null)
        {
            writer.WriteEndPoints(RelayAddresses);
        }
    }

    private static IPEndPoint[] ReadAddresses6(ref CompactReader reader)
    {
        var addresses = new IPEndPoint[reader.ReadCount(CompactSize.IPv6EndPoint)];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i] = reader.ReadIPv6EndPoint();
        }

        return addresses;
    }

    private static UdxInfo ReadUdx(ref CompactReader reader)
    {
        ulong version = reader.ReadUInt();
        ulong features = reader.ReadUInt();
        ulong id = reader.ReadUInt();
        return new UdxInfo(id, reader.ReadUInt(), (features & ReusableSocket) != 0, version);
    }

    private static RelayThroughInfo ReadRelayThrough(ref CompactReader reader)
    {
        ulong version = reader.ReadUInt();
        _ = reader.ReadUInt();
        Fixed32 publicKey = reader.ReadFixed32();
        return new RelayThroughInfo(publicKey, reader.ReadFixed32(), version);
    }
}

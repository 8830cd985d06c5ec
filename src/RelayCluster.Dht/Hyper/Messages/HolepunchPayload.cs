using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>What client and server tell each other in a round of hole punching.</summary>
/// <remarks>
/// <code>
/// uint     flags           1: connected, 2: punching, and which of the parts below are there
/// uint     error           <see cref="HyperErrorCode"/>
/// uint     firewall        <see cref="Firewall"/>
/// uint     round           counts up
///   4      addresses       where the side can be reached, as far as it knows
///   8      remote address  where it thinks the other is
///  16      token           to be echoed: proves that the other really is at the address that it sends from
///  32      remote token    the other's, echoed
/// </code>
/// Source: hyperdht 6.34, lib/messages.js.
/// </remarks>
internal sealed record HolepunchPayload
{
    [Flags]
    private enum Part
    {
        None = 0,
        Connected = 1,
        Punching = 2,
        Addresses = 4,
        RemoteAddress = 8,
        Token = 16,
        RemoteToken = 32,
    }

    public ulong Error { get; init; }

    public ulong Firewall { get; init; }

    public ulong Round { get; init; }

    public bool IsConnected { get; init; }

    public bool IsPunching { get; init; }

    public IReadOnlyList<UdpEndPoint>? Addresses { get; init; }

    public UdpEndPoint? RemoteAddress { get; init; }

    public Fixed32? Token { get; init; }

    public Fixed32? RemoteToken { get; init; }

    /// <summary>The bytes of the payload.</summary>
    public byte[] Encode()
    {
        Part parts = (IsConnected ? Part.Connected : 0)
            | (IsPunching ? Part.Punching : 0)
            | (Addresses is null ? 0 : Part.Addresses)
            | (RemoteAddress is null ? 0 : Part.RemoteAddress)
            | (Token is null ? 0 : Part.Token)
            | (RemoteToken is null ? 0 : Part.RemoteToken);
        byte[] encoded = new byte[
            CompactSize.UInt((uint)parts)
            + CompactSize.UInt(Error)
            + CompactSize.UInt(Firewall)
            + CompactSize.UInt(Round)
            + (Addresses?.GetEncodedSize() ?? 0)
            + (RemoteAddress is null ? 0 : EndPointCodec.Size)
            + (Token is null ? 0 : Fixed32.Size)
            + (RemoteToken is null ? 0 : Fixed32.Size)];
        var writer = new CompactWriter(encoded);
        writer.WriteUInt((uint)parts);
        writer.WriteUInt(Error);
        writer.WriteUInt(Firewall);
        writer.WriteUInt(Round);
        if (Addresses is not null)
        {
            writer.WriteEndPoints(Addresses);
        }

        writer.WriteOptionalEndPoint(RemoteAddress);
        WriteToken(ref writer, Token);
        WriteToken(ref writer, RemoteToken);
        return encoded;
    }

    /// <exception cref="ProtocolException">The bytes end early.</exception>
    public static HolepunchPayload Decode(ReadOnlySpan<byte> encoded)
    {
        var reader = new CompactReader(encoded);
        var parts = (Part)(reader.ReadUInt() & 0x3f);
        return new HolepunchPayload
        {
            IsConnected = parts.HasFlag(Part.Connected),
            IsPunching = parts.HasFlag(Part.Punching),
            Error = reader.ReadUInt(),
            Firewall = reader.ReadUInt(),
            Round = reader.ReadUInt(),
            Addresses = parts.HasFlag(Part.Addresses) ? reader.ReadEndPoints() : null,
            RemoteAddress = parts.HasFlag(Part.RemoteAddress) ? reader.ReadEndPoint() : null,
            Token = parts.HasFlag(Part.Token) ? reader.ReadFixed32() : null,
            RemoteToken = parts.HasFlag(Part.RemoteToken) ? reader.ReadFixed32() : null,
        };
    }

    private static void WriteToken(ref CompactWriter writer, Fixed32? token)
    {
        if (token is { } value)
        {
            writer.WriteFixed32(value);
        }
    }
}

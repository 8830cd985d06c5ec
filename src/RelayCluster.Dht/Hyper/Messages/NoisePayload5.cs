using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// What a <see cref="NoisePayload"/> was one generation ago, for programs of that time: they cannot read today's.
/// </summary>
/// <remarks>
/// <code>
/// uint     version         1; nothing after another version is read
/// uint     flags           which of the last two are there
/// uint     error           as today
/// uint     firewall        as today
/// uint     protocols       1: TCP, 2: uTP
///   1      holepunch       as today
///   2      addresses       array of IPv4 addresses
/// </code>
/// Source: @hyperswarm/dht 5.0.25, lib/messages.js.
/// </remarks>
internal sealed record NoisePayload5
{
    private const uint Utp = 2;

    [Flags]
    private enum Part
    {
        None = 0,
        Holepunch = 1,
        Addresses = 2,
    }

    public ulong Version { get; init; } = NoisePayload.CurrentVersion;

    public ulong Error { get; init; }

    public ulong Firewall { get; init; }

    public ulong Protocols { get; init; }

    public HolepunchInfo? Holepunch { get; init; }

    /// <summary>Null is not there; an empty list is there and empty.</summary>
    public IReadOnlyList<UdpEndPoint>? Addresses { get; init; }

    private Part Parts =>
        (Holepunch is null ? 0 : Part.Holepunch) | (Addresses is null ? 0 : Part.Addresses);

    /// <summary>
    /// The same in the words of that time; what it had no words for is left out. UDX becomes uTP, in whose place it
    /// stepped: the stream over the node's own UDP socket.
    /// </summary>
    public static NoisePayload5 From(NoisePayload payload) => new()
    {
        Version = payload.Version,
        Error = payload.Error,
        Firewall = payload.Firewall,
        Protocols = payload.Udx is null ? 0 : Utp,
        Holepunch = payload.Holepunch,
        Addresses = payload.Addresses4.Count == 0 ? null : payload.Addresses4,
    };

    /// <summary>The bytes of the payload.</summary>
    public byte[] Encode()
    {
        byte[] encoded = new byte[GetEncodedSize()];
        var writer = new CompactWriter(encoded);
        writer.WriteUInt(Version);
        writer.WriteUInt((uint)Parts);
        writer.WriteUInt(Error);
        writer.WriteUInt(Firewall);
        writer.WriteUInt(Protocols);
        Holepunch?.Write(ref writer);
        if (Addresses is not null)
        {
            writer.WriteEndPoints(Addresses);
        }

        return encoded;
    }

    private int GetEncodedSize() =>
        CompactSize.UInt(Version)
        + CompactSize.UInt((uint)Parts)
        + CompactSize.UInt(Error)
        + CompactSize.UInt(Firewall)
        + CompactSize.UInt(Protocols)
        + (Holepunch?.GetEncodedSize() ?? 0)
        + (Addresses?.GetEncodedSize() ?? 0);
}

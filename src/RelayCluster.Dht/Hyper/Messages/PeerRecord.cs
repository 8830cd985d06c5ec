using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>
/// What a node stores of an announcer, and what announcers sign: the public key, and the nodes that relay handshakes to
/// it. Layout: the key, then an array of addresses.
/// </summary>
internal sealed record PeerRecord(Fixed32 PublicKey, UdpEndPoint[] RelayAddresses)
{
    /// <summary>More relay addresses than this are not stored, as in the reference.</summary>
    public const int MaxRelayAddresses = 3;

    /// <summary>The fewest bytes a record takes.</summary>
    public const int MinSize = Fixed32.Size + 1;

    /// <summary>How many bytes <see cref="Write"/> takes.</summary>
    public int GetEncodedSize() => Fixed32.Size + RelayAddresses.GetEncodedSize();

    public void Write(ref CompactWriter writer)
    {
        writer.WriteFixed32(PublicKey);
        writer.WriteEndPoints(RelayAddresses);
    }

    /// <summary>The bytes of the record.</summary>
    public byte[] Encode()
    {
        byte[] encoded = new byte[GetEncodedSize()];
        var writer = new CompactWriter(encoded);
        Write(ref writer);
        return encoded;
    }

    /// <summary>Reads a record; false if it is not whole.</summary>
    public static bool TryRead(ref CompactReader reader, out PeerRecord record)
    {
        bool read = reader.TryReadFixed32(out Fixed32 publicKey)
            & reader.TryReadEndPoints(out UdpEndPoint[] relayAddresses);
        record = new PeerRecord(publicKey, relayAddresses);
        return read;
    }

    /// <summary>The record as callers see it, with no more relay addresses than an honest node stores.</summary>
    public DhtPeer ToPeer() =>
        new(PublicKey, RelayAddresses[..Math.Min(RelayAddresses.Length, MaxRelayAddresses)].ToIPEndPoints());
}

using RelayCluster.Crypto;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Messages;

/// <summary>The value of an ANNOUNCE or UNANNOUNCE request.</summary>
/// <remarks>
/// <code>
/// uint     flags       1: peer, 2: refresh, 4: signature, 8: bump
/// peer                 <see cref="PeerRecord"/>: who announces
/// 32       refresh     with a peer: the hash of a secret that can renew this announcement without a signature;
///                      without: that secret
/// 64       signature   <see cref="AnnounceSignature"/>
/// uint     bump        milliseconds since 1970; lookups tell the latest one, so that others look again
/// </code>
/// Source: hyperdht 6.34, lib/messages.js and lib/persistent.js.
/// </remarks>
internal ref struct AnnounceMessage
{
    private const uint HasPeer = 1;
    private const uint HasRefresh = 2;
    private const uint HasSignature = 4;
    private const uint HasBump = 8;

    public PeerRecord? Peer;
    public Fixed32? Refresh;

    /// <summary>64 bytes, or empty for none.</summary>
    public ReadOnlySpan<byte> Signature;

    /// <summary>0 for none.</summary>
    public ulong Bump;

    /// <summary>The bytes of the message.</summary>
    public readonly byte[] Encode()
    {
        uint flags = (Peer is null ? 0 : HasPeer)
            | (Refresh is null ? 0 : HasRefresh)
            | (Signature.IsEmpty ? 0 : HasSignature)
            | (Bump == 0 ? 0 : HasBump);
        byte[] encoded = new byte[
            CompactSize.UInt(flags)
            + (Peer?.GetEncodedSize() ?? 0)
            + (Refresh is null ? 0 : Fixed32.Size)
            + Signature.Length
            + (Bump == 0 ? 0 : CompactSize.UInt(Bump))];
        var writer = new CompactWriter(encoded);
        writer.WriteUInt(flags);
        Peer?.Write(ref writer);
        if (Refresh is { } refresh)
        {
            writer.WriteFixed32(refresh);
        }

        if (!Signature.IsEmpty)
        {
            writer.WriteFixed64(Signature);
        }

        if (Bump != 0)
        {
            writer.WriteUInt(Bump);
        }

        return encoded;
    }

    /// <summary>Reads a value; false if it is not a whole message.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out AnnounceMessage message)
    {
        message = default;
        var reader = new CompactReader(value);
        if (!reader.TryReadUInt(out ulong flags))
        {
            return false;
        }

        if ((flags & HasPeer) != 0 && !PeerRecord.TryRead(ref reader, out message.Peer))
        {
            return false;
        }

        if ((flags & HasRefresh) != 0)
        {
            if (!reader.TryReadFixed32(out Fixed32 refresh))
            {
                return false;
            }

            message.Refresh = refresh;
        }

        return ((flags & HasSignature) == 0 || reader.TryReadFixed(Ed25519.SignatureSize, out message.Signature))
            && ((flags & HasBump) == 0 || reader.TryReadUInt(out message.Bump));
    }
}

using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Messages;

/// <summary>
/// A reply as it stands in a datagram. It lies on the stack, its value and nodes in the datagram, or where they are
/// written from.
/// </summary>
/// <remarks>
/// <code>
/// byte     0x13        type 1 (reply) in the upper half, version 3 in the lower
/// uint     flags       <see cref="ReplyFlags"/>
/// uint16   tid         as in the request
/// address  to          how the sender sees the receiver
/// 32       id          the sender's, unless it is ephemeral
/// 32       token       for the receiver's later requests
/// array    closer      uint count, six bytes each; not there if the sender knows none
/// uint     error       not there if it is 0
/// buffer   value
/// </code>
/// Source: dht-rpc 6.27, lib/io.js. Bytes after the end are ignored.
/// </remarks>
internal ref struct ReplyMessage
{
    /// <summary>The first byte of every reply.</summary>
    public const byte FirstByte = 0x13;

    /// <summary>More closer nodes than this are not read: an honest node sends 20.</summary>
    public const int MaxCloserNodes = 64;

    public ushort TransactionId;
    public UdpEndPoint To;
    public Fixed32? Id;
    public Fixed32? Token;

    /// <summary>When writing: the nodes to list.</summary>
    public ReadOnlySpan<UdpEndPoint> CloserNodes;

    /// <summary>When read: the nodes as they were written, six bytes each.</summary>
    public ReadOnlySpan<byte> CloserNodeBytes;

    /// <summary>Numbers that do not fit are read as the largest.</summary>
    public uint Error;

    public bool HasValue;
    public ReadOnlySpan<byte> Value;

    /// <summary>How many bytes <see cref="Write"/> takes.</summary>
    public readonly int GetEncodedSize() =>
        2 + sizeof(ushort) + EndPointCodec.Size
        + (Id is null ? 0 : Fixed32.Size)
        + (Token is null ? 0 : Fixed32.Size)
        + (CloserNodes.IsEmpty
            ? 0
            : CompactSize.UInt((ulong)CloserNodes.Length) + (CloserNodes.Length * EndPointCodec.Size))
        + (Error == 0 ? 0 : CompactSize.UInt(Error))
        + (HasValue ? CompactSize.Buffer(Value.Length) : 0);

    /// <summary>
    /// Writes the datagram into at least <see cref="GetEncodedSize"/> bytes; returns how many it took.
    /// </summary>
    public readonly int Write(Span<byte> destination)
    {
        ReplyFlags flags = (Id is null ? 0 : ReplyFlags.Id)
            | (Token is null ? 0 : ReplyFlags.Token)
            | (CloserNodes.IsEmpty ? 0 : ReplyFlags.CloserNodes)
            | (Error == 0 ? 0 : ReplyFlags.Error)
            | (HasValue ? ReplyFlags.Value : 0);

        var writer = new CompactWriter(destination);
        writer.WriteUInt8(FirstByte);
        writer.WriteUInt8((byte)flags);
        writer.WriteUInt16(TransactionId);
        EndPointCodec.Write(ref writer, To);
        EndPointCodec.WriteOptional(ref writer, Id);
        EndPointCodec.WriteOptional(ref writer, Token);
        if (!CloserNodes.IsEmpty)
        {
            writer.WriteUInt((ulong)CloserNodes.Length);
            foreach (UdpEndPoint node in CloserNodes)
            {
                EndPointCodec.Write(ref writer, node);
            }
        }

        if (Error != 0)
        {
            writer.WriteUInt(Error);
        }

        if (HasValue)
        {
            writer.WriteBuffer(Value);
        }

        return writer.Position;
    }

    /// <summary>Reads a datagram; false if it is not a whole reply.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out ReplyMessage message)
    {
        message = default;
        var reader = new CompactReader(datagram);
        if (!reader.TryReadUInt8(out byte first)
            || first != FirstByte
            || !reader.TryReadUInt(out ulong bits)
            || !reader.TryReadUInt16(out message.TransactionId)
            || !EndPointCodec.TryRead(ref reader, out message.To))
        {
            return false;
        }

        var flags = (ReplyFlags)(bits & 0x1f);
        message.HasValue = (flags & ReplyFlags.Value) != 0;
        if (!EndPointCodec.TryReadOptional(ref reader, (flags & ReplyFlags.Id) != 0, out message.Id)
            || !EndPointCodec.TryReadOptional(ref reader, (flags & ReplyFlags.Token) != 0, out message.Token))
        {
            return false;
        }

        if ((flags & ReplyFlags.CloserNodes) != 0 && !TryReadNodes(ref reader, out message.CloserNodeBytes))
        {
            return false;
        }

        if ((flags & ReplyFlags.Error) != 0)
        {
            if (!reader.TryReadUInt(out ulong error))
            {
                return false;
            }

            message.Error = (uint)Math.Min(error, uint.MaxValue);
        }

        return !message.HasValue || reader.TryReadBuffer(out message.Value);
    }

    /// <summary>The closer nodes of a message that was read, in an array of their own.</summary>
    public readonly UdpEndPoint[] ReadCloserNodes()
    {
        var nodes = new UdpEndPoint[Math.Min(CloserNodeBytes.Length / EndPointCodec.Size, MaxCloserNodes)];
        var reader = new CompactReader(CloserNodeBytes);
        for (int i = 0; i < nodes.Length; i++)
        {
            EndPointCodec.TryRead(ref reader, out nodes[i]);
        }

        return nodes;
    }

    private static bool TryReadNodes(scoped ref CompactReader reader, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return reader.TryReadLength(out int count)
            && count <= reader.Remaining / EndPointCodec.Size
            && reader.TryReadFixed(count * EndPointCodec.Size, out bytes);
    }
}

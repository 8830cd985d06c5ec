using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Messages;

/// <summary>
/// A request as it stands in a datagram. It lies on the stack, and its value in the datagram.
/// </summary>
/// <remarks>
/// <code>
/// byte     0x03        type 0 (request) in the upper half, version 3 in the lower
/// uint     flags       <see cref="RequestFlags"/>
/// uint16   tid         the sender's number for the request; the reply repeats it
/// address  to          how the sender addresses the receiver: four bytes, and the port in little endian
/// 32       id          the sender's, unless it is ephemeral
/// 32       token       what the receiver gave the sender's host
/// uint     command
/// 32       target
/// buffer   value
/// </code>
/// Source: dht-rpc 6.27, lib/io.js. Bytes after the end are ignored.
/// </remarks>
internal ref struct RequestMessage
{
    /// <summary>The first byte of every request.</summary>
    public const byte FirstByte = 0x03;

    public ushort TransactionId;
    public UdpEndPoint To;
    public Fixed32? Id;
    public Fixed32? Token;
    public bool IsInternal;

    /// <summary>Numbers that do not fit are read as the largest, which is as unknown as they are.</summary>
    public uint Command;

    public Fixed32? Target;
    public bool HasValue;
    public ReadOnlySpan<byte> Value;

    /// <summary>How many bytes <see cref="Write"/> takes.</summary>
    public readonly int GetEncodedSize() =>
        2 + sizeof(ushort) + EndPointCodec.Size
        + (Id is null ? 0 : Fixed32.Size)
        + (Token is null ? 0 : Fixed32.Size)
        + CompactSize.UInt(Command)
        + (Target is null ? 0 : Fixed32.Size)
        + (HasValue ? CompactSize.Buffer(Value.Length) : 0);

    /// <summary>
    /// Writes the datagram into at least <see cref="GetEncodedSize"/> bytes; returns how many it took.
    /// </summary>
    public readonly int Write(Span<byte> destination)
    {
        RequestFlags flags = (Id is null ? 0 : RequestFlags.Id)
            | (Token is null ? 0 : RequestFlags.Token)
            | (IsInternal ? RequestFlags.Internal : 0)
            | (Target is null ? 0 : RequestFlags.Target)
            | (HasValue ? RequestFlags.Value : 0);

        var writer = new CompactWriter(destination);
        writer.WriteUInt8(FirstByte);
        writer.WriteUInt8((byte)flags);
        writer.WriteUInt16(TransactionId);
        EndPointCodec.Write(ref writer, To);
        EndPointCodec.WriteOptional(ref writer, Id);
        EndPointCodec.WriteOptional(ref writer, Token);
        writer.WriteUInt(Command);
        EndPointCodec.WriteOptional(ref writer, Target);
        if (HasValue)
        {
            writer.WriteBuffer(Value);
        }

        return writer.Position;
    }

    /// <summary>Reads a datagram; false if it is not a whole request.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out RequestMessage message)
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

        var flags = (RequestFlags)(bits & 0x1f);
        message.IsInternal = (flags & RequestFlags.Internal) != 0;
        message.HasValue = (flags & RequestFlags.Value) != 0;
        if (!EndPointCodec.TryReadOptional(ref reader, (flags & RequestFlags.Id) != 0, out message.Id)
            || !EndPointCodec.TryReadOptional(ref reader, (flags & RequestFlags.Token) != 0, out message.Token)
            || !reader.TryReadUInt(out ulong command)
            || !EndPointCodec.TryReadOptional(ref reader, (flags & RequestFlags.Target) != 0, out message.Target))
        {
            return false;
        }

        message.Command = (uint)Math.Min(command, uint.MaxValue);
        return !message.HasValue || reader.TryReadBuffer(out message.Value);
    }
}

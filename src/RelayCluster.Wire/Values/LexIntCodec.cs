using System.Buffers.Binary;

namespace RelayCluster.Wire.Values;

/// <summary>
/// <c>lexint</c>: integers whose bytes sort as they do. Values from 251 on have 251 taken away and follow a byte that
/// tells their length, in network order. The reference has a lossy form for values of 33 bits and more; nothing on our
/// wires uses it, and it is refused.
/// <code>
/// 0..250          the value itself
/// 251 + i         then i + 1 bytes: value - 251, network order (i = 0..3)
/// </code>
/// </summary>
public static class LexIntCodec
{
    private const byte FirstFlag = 251;
    private const byte LossyFlag = 255;

    /// <summary>How many bytes a value takes.</summary>
    public static int GetLexIntSize(uint value) => value < FirstFlag ? 1 : 1 + CountBytes(value);

    /// <summary>Writes a value.</summary>
    public static void WriteLexInt(this ref CompactWriter writer, uint value)
    {
        if (value < FirstFlag)
        {
            writer.WriteUInt8((byte)value);
            return;
        }

        int count = CountBytes(value);
        writer.WriteUInt8((byte)(FirstFlag + count - 1));
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value - FirstFlag);
        writer.WriteRaw(bytes[^count..]);
    }

    /// <summary>Reads a value.</summary>
    /// <exception cref="ProtocolException">The bytes end early, or the value has more than 32 bits.</exception>
    public static uint ReadLexInt(this ref CompactReader reader)
    {
        byte flag = reader.ReadUInt8();
        switch (flag)
        {
            case < FirstFlag:
                return flag;
            case LossyFlag:
                throw new ProtocolException("a lexicographic integer has more than 32 bits");
        }

        ulong value = 0;
        foreach (byte next in reader.ReadFixed(flag - FirstFlag + 1))
        {
            value = (value << 8) | next;
        }

        value += FirstFlag;
        return value <= uint.MaxValue
            ? (uint)value
            : throw new ProtocolException("a lexicographic integer has more than 32 bits");
    }

    // by the value itself, not by what is left of it after 251 is taken away
    private static int CountBytes(uint value) => value switch
    {
        <= byte.MaxValue => 1,
        <= ushort.MaxValue => 2,
        < 1 << 24 => 3,
        _ => 4,
    };
}

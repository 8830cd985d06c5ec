namespace RelayCluster.Wire.Values;

/// <summary><c>array</c>: a uint counts the entries, which follow. The codec of the entry is handed in.</summary>
public static class ArrayCodec
{
    /// <summary>More entries than this are refused, as the reference does.</summary>
    public const int MaxCount = 0x100000;

    /// <summary>How many bytes an array takes.</summary>
    public static int GetArraySize<T>(IReadOnlyCollection<T> values, Func<T, int> getSize)
    {
        ArgumentNullException.ThrowIfNull(values);
        return CompactSize.UInt((ulong)values.Count) + values.Sum(getSize);
    }

    /// <summary>Writes an array.</summary>
    public static void WriteArray<T>(
        this ref CompactWriter writer,
        IReadOnlyCollection<T> values,
        CompactWrite<T> write)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(write);
        writer.WriteUInt((ulong)values.Count);
        foreach (T value in values)
        {
            write(ref writer, value);
        }
    }

    /// <summary>
    /// Reads an array of entries that take <paramref name="minEntrySize"/> bytes or more each: a count that the bytes
    /// cannot hold is refused before anything is allocated for it.
    /// </summary>
    /// <exception cref="ProtocolException">The bytes end early, or there are too many entries.</exception>
    public static T[] ReadArray<T>(
        this ref CompactReader reader,
        CompactRead<T> read,
        int minEntrySize = 1,
        int limit = MaxCount)
    {
        ArgumentNullException.ThrowIfNull(read);
        int count = reader.ReadCount(minEntrySize);
        if (count > limit)
        {
            throw new ProtocolException($"an array of {count} entries is over the limit of {limit}");
        }

        var values = new T[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = read(ref reader);
        }

        return values;
    }
}

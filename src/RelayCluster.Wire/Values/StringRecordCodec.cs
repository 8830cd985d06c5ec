namespace RelayCluster.Wire.Values;

/// <summary>
/// <c>stringRecord</c>: a uint counts the entries, each a name and a text. Of a name given twice the last counts.
/// </summary>
public static class StringRecordCodec
{
    // a name and a text of no characters
    private const int MinEntrySize = 2;

    /// <summary>How many bytes a record takes.</summary>
    public static int GetStringRecordSize(IReadOnlyDictionary<string, string> record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return CompactSize.UInt((ulong)record.Count)
            + record.Sum(static entry => CompactSize.String(entry.Key) + CompactSize.String(entry.Value));
    }

    /// <summary>Writes a record in the order of its entries.</summary>
    public static void WriteStringRecord(this ref CompactWriter writer, IReadOnlyDictionary<string, string> record)
    {
        ArgumentNullException.ThrowIfNull(record);
        writer.WriteUInt((ulong)record.Count);
        foreach ((string name, string text) in record)
        {
            writer.WriteString(name);
            writer.WriteString(text);
        }
    }

    /// <summary>Reads a record.</summary>
    /// <exception cref="ProtocolException">The bytes end early, or there are more entries than they can
    /// hold.</exception>
    public static Dictionary<string, string> ReadStringRecord(this ref CompactReader reader)
    {
        int count = reader.ReadCount(MinEntrySize);
        var record = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string name = reader.ReadString();
            record[name] = reader.ReadString();
        }

        return record;
    }
}

namespace RelayCluster.Host.Hocon;

/// <summary>
/// A configuration file cannot be read. The message names file, line, column, and what was expected there.
/// </summary>
internal sealed class HoconException : Exception
{
    public HoconException(HoconPosition position, string fault, Exception? innerException = null)
        : base($"{position}: {InOneLine(fault)}", innerException)
    {
        Position = position;
    }

    /// <summary>Where the reading stopped.</summary>
    public HoconPosition Position { get; }

    /// <summary>A message can quote the file, and the file has lines.</summary>
    private static string InOneLine(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}

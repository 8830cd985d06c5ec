using System.Globalization;

namespace RelayCluster.Host.Hocon;

/// <summary>
/// Sizes in bytes as HOCON writes them: <c>8MiB</c>, <c>512k</c>, <c>2 kilobytes</c>, <c>4096</c>. One letter, or one
/// with an i, is a power of 1024; kB, MB and GB are powers of 1000.
/// </summary>
internal static class HoconSize
{
    private static readonly HoconUnits Units = new(
        (1L << 40, ["TiB", "T", "t", "Ti", "tebibyte", "tebibytes"]),
        (1_000_000_000_000, ["TB", "terabyte", "terabytes"]),
        (1L << 30, ["GiB", "G", "g", "Gi", "gibibyte", "gibibytes"]),
        (1_000_000_000, ["GB", "gigabyte", "gigabytes"]),
        (1L << 20, ["MiB", "M", "m", "Mi", "mebibyte", "mebibytes"]),
        (1_000_000, ["MB", "megabyte", "megabytes"]),
        (1L << 10, ["KiB", "K", "k", "Ki", "kibibyte", "kibibytes"]),
        (1_000, ["kB", "kilobyte", "kilobytes"]),
        (1, ["B", "b", "byte", "bytes"]));

    public static bool TryParse(string text, out long bytes) =>
        Units.TryParse(text, out bytes)
        || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bytes);

    /// <summary>In the largest unit that leaves a whole number.</summary>
    public static string Format(long bytes) => bytes == 0 ? "0B" : Units.Format(bytes);
}

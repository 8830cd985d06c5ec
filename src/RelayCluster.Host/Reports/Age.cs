using System.Globalization;

namespace RelayCluster.Host.Reports;

/// <summary>Durations for people.</summary>
internal static class Age
{
    /// <summary>The two largest units: <c>3d 4h</c>, <c>5m 12s</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan age) => age switch
    {
        { TotalDays: >= 1 } => Invariant($"{(int)age.TotalDays}d {age.Hours}h"),
        { TotalHours: >= 1 } => Invariant($"{age.Hours}h {age.Minutes}m"),
        { TotalMinutes: >= 1 } => Invariant($"{age.Minutes}m {age.Seconds}s"),
        _ => Invariant($"{Math.Max(0, (int)age.TotalSeconds)}s"),
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

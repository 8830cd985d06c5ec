namespace RelayCluster.Host.Hocon;

/// <summary>
/// Durations as HOCON writes them: <c>15s</c>, <c>500 ms</c>, <c>2 minutes</c>. Unlike HOCON, a number needs its unit:
/// that 15 would be milliseconds is known to few.
/// </summary>
internal static class HoconDuration
{
    private static readonly HoconUnits Units = new(
        (TimeSpan.TicksPerDay, ["d", "day", "days"]),
        (TimeSpan.TicksPerHour, ["h", "hour", "hours"]),
        (TimeSpan.TicksPerMinute, ["m", "minute", "minutes"]),
        (TimeSpan.TicksPerSecond, ["s", "second", "seconds"]),
        (TimeSpan.TicksPerMillisecond, ["ms", "milli", "millis", "millisecond", "milliseconds"]),
        (TimeSpan.TicksPerMicrosecond, ["us", "micro", "micros", "microsecond", "microseconds"]));

    public static bool TryParse(string text, out TimeSpan duration)
    {
        bool isValid = Units.TryParse(text, out long ticks);
        duration = TimeSpan.FromTicks(ticks);
        return isValid;
    }

    /// <summary>In the largest unit that leaves a whole number.</summary>
    public static string Format(TimeSpan duration) =>
        duration == TimeSpan.Zero ? "0s" : Units.Format(duration.Ticks);
}

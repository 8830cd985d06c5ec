namespace RelayCluster.Host.Configuration;

/// <summary>How options of one type are written.</summary>
/// <param name="Expected">What a text should be, after "expected": <c>a duration such as 15s</c>.</param>
/// <param name="Parse">Reads a text; null if it is not what is expected.</param>
/// <param name="Write">Writes a value such that <paramref name="Parse"/> reads it.</param>
/// <param name="IsList">Whether the text is items with commas between them.</param>
internal sealed record SettingFormat(
    string Expected,
    Func<string, object?> Parse,
    Func<object, string> Write,
    bool IsList = false);

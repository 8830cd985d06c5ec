using RelayCluster.Host.Hocon;

namespace RelayCluster.Host.Configuration;

/// <summary>Finds what a file sets that no option is: a misspelt key must not silently leave a default in force.</summary>
internal static class UnknownKeys
{
    private static readonly Dictionary<string, Setting> Settings =
        ServeSettings.All.ToDictionary(setting => setting.ConfigurationKey, StringComparer.Ordinal);

    private static readonly HashSet<string> Groups =
        [.. Settings.Keys.SelectMany(key => key.Select((c, i) => c == ':' ? key[..i] : "")).Where(key => key.Length > 0)];

    /// <summary>A line for each key that is not known; the keys below it go without saying.</summary>
    public static IEnumerable<string> Find(HoconConfigurationProvider file)
    {
        string? unknown = null;
        foreach ((string key, HoconPosition position) in file.Positions)
        {
            bool isBelowUnknown = unknown is not null && key.StartsWith(unknown + ":", StringComparison.Ordinal);
            if (isBelowUnknown || Groups.Contains(key) || Settings.ContainsKey(key) || IsItem(key))
            {
                continue;
            }

            unknown = key;
            string? near = NearestName.Find(key, Settings.Keys.Concat(Groups));
            string hint = near is null ? "" : $"; perhaps {near.Replace(':', '.')} was meant";
            yield return $"{position}: there is no option {key.Replace(':', '.')}{hint}";
        }
    }

    private static bool IsItem(string key) =>
        key.LastIndexOf(':') is > 0 and var colon
        && Settings.TryGetValue(key[..colon], out Setting? list)
        && list.Format.IsList
        && int.TryParse(key[(colon + 1)..], out _);
}

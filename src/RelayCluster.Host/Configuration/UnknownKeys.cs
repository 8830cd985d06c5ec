using RelayCluster.Host.Hocon;

namespace RelayCluster.Host.Configuration;

/// <summary>
/// Finds what a file sets that no option is: a misspelt key must not silently leave a default in force.
/// </summary>
internal static class UnknownKeys
{
    private static readonly Dictionary<string, Setting> Settings =
        ServeSettings.All.ToDictionary(setting => setting.ConfigurationKey, StringComparer.Ordinal);

    private static readonly HashSet<string> Groups =
        [.. Settings.Keys.SelectMany(key => key.Index().Where(c => c.Item == ':').Select(c => key[..c.Index]))];

    /// <summary>A line for each key that is not known; the keys below it go without saying.</summary>
    public static IEnumerable<string> Find(HoconConfigurationProvider file)
    {
        string? unknown = null;
        foreach ((string key, HoconPosition position) in file.Positions)
        {
            bool isBelowUnknown = unknown is not null && key.StartsWith(unknown + ":", StringComparison.Ordinal);
            string path = key.Replace(':', '.');
            if (Groups.Contains(key))
            {
                if (file.TryGet(key, out string? text) && text is not null)
                {
                    yield return $"{position}: expected an object with options for {path}";
                }
            }
            else if (!isBelowUnknown && !Settings.ContainsKey(key) && !IsItem(key))
            {
                unknown = key;
                yield return $"{position}: there is no option {path}{Guess(key)}";
            }
        }
    }

    private static string Guess(string key)
    {
        // One who leaves out the outermost braces has the rest right.
        string below = $"{ServeSettings.Root}:{key}";
        string? near = Settings.ContainsKey(below) ? below : NearestName.Find(key, Settings.Keys.Concat(Groups));
        return near is null ? "" : $"; perhaps {near.Replace(':', '.')} was meant";
    }

    private static bool IsItem(string key) =>
        key.LastIndexOf(':') is > 0 and var colon
        && Settings.TryGetValue(key[..colon], out Setting? list)
        && list.Format.IsList
        && int.TryParse(key[(colon + 1)..], out _);
}

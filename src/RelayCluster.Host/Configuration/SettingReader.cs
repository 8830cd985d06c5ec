using RelayCluster.Host.Hocon;

namespace RelayCluster.Host.Configuration;

/// <summary>
/// Reads the options off the layers of a configuration: the command line over the environment over the file over the
/// defaults of <see cref="ServeOptions"/>. A list in a higher layer replaces the whole list below. What is wrong is not
/// thrown but collected, so that it can be told all at once.
/// </summary>
internal sealed class SettingReader
{
    private readonly List<IConfigurationProvider> _highestFirst;

    public SettingReader(IConfigurationRoot configuration)
    {
        _highestFirst = [.. configuration.Providers.Reverse()];
    }

    /// <summary>Sets the options that a layer has, and returns what is wrong with the layers.</summary>
    public IReadOnlyList<string> Fill(ServeOptions options)
    {
        List<string> faults = [.. _highestFirst.SelectMany(FindFaults)];
        foreach (Setting setting in ServeSettings.All)
        {
            if (Find(setting) is not { } text)
            {
                continue;
            }

            if (setting.Format.Parse(text) is { } value)
            {
                setting.Set(options, value);
            }
            else
            {
                faults.Add(Describe(setting, text));
            }
        }

        return faults;
    }

    /// <summary>The line for an option whose text or value is not what is expected.</summary>
    public string Describe(Setting setting, string found) => setting.IsSecret
        ? $"{GetOrigin(setting)}: expected {setting.Expected}"
        : $"{GetOrigin(setting)}: expected {setting.Expected}, found '{found}'";

    /// <summary>Where an option was set, as its user would look for it; its key if it was not.</summary>
    public string GetOrigin(Setting setting) => _highestFirst.Find(layer => Find(layer, setting) is not null) switch
    {
        SettingLayer.Provider provider => provider.Layer.GetOrigin(setting)!,
        HoconConfigurationProvider provider => $"{provider.GetPosition(setting.ConfigurationKey)}: {setting.Key}",
        _ => setting.Key,
    };

    private string? Find(Setting setting) =>
        _highestFirst.Select(provider => Find(provider, setting)).FirstOrDefault(text => text is not null);

    private static string? Find(IConfigurationProvider provider, Setting setting)
    {
        if (provider.TryGet(setting.ConfigurationKey, out string? text))
        {
            return text;
        }

        string[] items = !setting.Format.IsList ? [] : provider
            .GetChildKeys([], setting.ConfigurationKey)
            .Select(index => provider.TryGet($"{setting.ConfigurationKey}:{index}", out string? item) ? item ?? "" : "")
            .ToArray();
        return items.Length > 0 ? string.Join(',', items) : null;
    }

    private static IEnumerable<string> FindFaults(IConfigurationProvider provider) => provider switch
    {
        SettingLayer.Provider { Layer: var layer } => layer.Faults,
        HoconConfigurationProvider file => UnknownKeys.Find(file),
        _ => [],
    };
}

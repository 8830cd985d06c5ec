using System.Reflection;
using System.Text.RegularExpressions;

namespace RelayCluster.Host.Configuration;

/// <summary>The catalogue of all options, read off the properties of <see cref="ServeOptions"/>.</summary>
internal static partial class ServeSettings
{
    /// <summary>The object in a configuration file that holds the options.</summary>
    public const string Root = "relay";

    /// <summary>All options in the order of the classes.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Collect(typeof(ServeOptions), [])];

    /// <summary>The option of a key that is known to be one.</summary>
    public static Setting Get(string key) => All.Single(setting => setting.Key == key);

    /// <summary>All options and what they are, in a line, to see in a log what was in force.</summary>
    public static string Describe(ServeOptions options) =>
        string.Join(' ', All.Select(setting => $"{setting.Key}={setting.Show(options)}"));

    private static IEnumerable<Setting> Collect(Type type, PropertyInfo[] path) =>
        type.GetProperties().SelectMany(property =>
        {
            PropertyInfo[] inner = [.. path, property];
            return SettingFormats.Of(property) is { } format
                ? [new Setting(string.Join('.', inner.Select(KeyOf)), inner, format)]
                : Collect(property.PropertyType, inner);
        });

    private static string KeyOf(PropertyInfo property)
    {
        string name = SettingFormats.IsSize(property)
            && property.Name.EndsWith(SettingFormats.SizeSuffix, StringComparison.Ordinal)
            ? property.Name[..^SettingFormats.SizeSuffix.Length]
            : property.Name;
        return WordStart().Replace(name, "-$0").ToLowerInvariant();
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}

using System.Collections;

namespace RelayCluster.Host.Configuration;

/// <summary>
/// Options from environment variables: <c>RELAY_</c> and the key in capitals, a dot as two underscores or one, a hyphen
/// as one: <c>RELAY_DHT__PORT</c> or <c>RELAY_DHT_PORT</c> for <c>dht.port</c>. A list has commas between its items.
/// <para>
/// Others use the prefix too (Kubernetes sets RELAY_PORT_49443_TCP for a service of that name), so an unknown variable
/// is left alone unless it is nearly one of these: then it is a fault, for it was probably meant.
/// </para>
/// </summary>
internal static class EnvironmentLayer
{
    private const string Prefix = "RELAY_";

    private static readonly Dictionary<string, Setting> Settings =
        ServeSettings.All.ToDictionary(setting => Fold(setting.EnvironmentVariable), StringComparer.Ordinal);

    /// <param name="variables">Such as <see cref="Environment.GetEnvironmentVariables()"/> gives.</param>
    public static SettingLayer Read(IDictionary variables)
    {
        var layer = new SettingLayer();
        foreach (DictionaryEntry variable in variables)
        {
            // Compose files and charts set a variable to nothing when they mean that it is not set.
            if (variable is { Key: string name, Value: string { Length: > 0 } text }
                && name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                Add(layer, name, text);
            }
        }

        return layer;
    }

    private static void Add(SettingLayer layer, string name, string text)
    {
        string key = Fold(name);
        if (Settings.TryGetValue(key, out Setting? setting))
        {
            layer.Add(setting, text, name);
        }
        else if (NearestName.Find(key, Settings.Keys) is { } near)
        {
            layer.Faults.Add($"{name}: there is no such option; {Settings[near].EnvironmentVariable} is one");
        }
    }

    /// <summary>The name without prefix, its separators made one.</summary>
    private static string Fold(string name) => name[Prefix.Length..].Replace("__", "_", StringComparison.Ordinal);
}

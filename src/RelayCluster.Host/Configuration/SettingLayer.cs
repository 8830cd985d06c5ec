namespace RelayCluster.Host.Configuration;

/// <summary>Options set outside files, by a command line or an environment, as a source of configuration.</summary>
internal sealed class SettingLayer : IConfigurationSource
{
    private readonly Dictionary<string, (string Text, string Origin)> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with the layer itself.</summary>
    public List<string> Faults { get; } = [];

    /// <param name="setting">What is set.</param>
    /// <param name="text">To what.</param>
    /// <param name="origin">What its user calls it: <c>--ws-port</c>, <c>RELAY_WS_PORT</c>.</param>
    public void Add(Setting setting, string text, string origin) =>
        _values[setting.ConfigurationKey] = (text, origin);

    /// <summary>What the user calls an option that is set here; null if it is not.</summary>
    public string? GetOrigin(Setting setting) =>
        _values.TryGetValue(setting.ConfigurationKey, out (string, string Origin) value) ? value.Origin : null;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => new Provider(this);

    internal sealed class Provider : ConfigurationProvider
    {
        public Provider(SettingLayer layer)
        {
            Layer = layer;
        }

        public SettingLayer Layer { get; }

        public override void Load() => Data = Layer._values.ToDictionary(
            pair => pair.Key, pair => (string?)pair.Value.Text, StringComparer.OrdinalIgnoreCase);
    }
}

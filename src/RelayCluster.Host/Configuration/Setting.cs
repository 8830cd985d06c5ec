using System.Reflection;
using RelayCluster.Cluster.RabbitMq;

namespace RelayCluster.Host.Configuration;

/// <summary>
/// One option as its user sees it: its key, the text it takes, and its place in <see cref="ServeOptions"/>.
/// </summary>
internal sealed class Setting
{
    private readonly PropertyInfo[] _path;

    /// <param name="key">Such as <c>dht.port</c>.</param>
    /// <param name="path">The properties from <see cref="ServeOptions"/> to the option.</param>
    /// <param name="format">How its text is read and written.</param>
    public Setting(string key, PropertyInfo[] path, SettingFormat format)
    {
        Key = key;
        Format = format;
        _path = path;
        Range = path[^1].GetCustomAttribute<BetweenAttribute>();
        IsSecret = path[^1].IsDefined(typeof(SecretAttribute));
    }

    /// <summary>The path below <c>relay</c> in a configuration file.</summary>
    public string Key { get; }

    public SettingFormat Format { get; }

    /// <summary>The least and the most that it may be; null if anything goes that the format takes.</summary>
    public BetweenAttribute? Range { get; }

    /// <summary>Whether what it is set to is nobody's business.</summary>
    public bool IsSecret { get; }

    /// <summary>The same in the words of <see cref="IConfiguration"/>.</summary>
    public string ConfigurationKey => $"{ServeSettings.Root}:{Key.Replace('.', ':')}";

    /// <summary>The environment variable that sets it: <c>RELAY_DHT__PORT</c>.</summary>
    public string EnvironmentVariable => "RELAY_" +
        Key.Replace(".", "__", StringComparison.Ordinal).Replace('-', '_').ToUpperInvariant();

    /// <summary>What its text should be, for an error.</summary>
    public string Expected => Range is null ? Format.Expected : $"{Format.Expected}, {Range.Least} to {Range.Most}";

    /// <summary>What it is set to, for a log.</summary>
    public string Show(ServeOptions options) => (IsSecret, Get(options)) switch
    {
        (false, var value) => Format.Write(value),
        (true, BrokerAddress address) => address.ToString(),
        (true, var value) => Format.Write(value).Length == 0 ? "" : "***",
    };

    public object Get(ServeOptions options) => _path[^1].GetValue(GetOwner(options))!;

    public void Set(ServeOptions options, object value) => _path[^1].SetValue(GetOwner(options), value);

    /// <summary>Whether a value is within the option's range.</summary>
    public bool IsInRange(object value) => Range is null
        || (Compare(value, Range.Least) >= 0 && Compare(value, Range.Most) <= 0);

    private int Compare(object value, string limit) => ((IComparable)value).CompareTo(Format.Parse(limit));

    private object GetOwner(ServeOptions options) =>
        _path.SkipLast(1).Aggregate((object)options, (owner, property) => property.GetValue(owner)!);
}

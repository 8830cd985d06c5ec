using System.Globalization;
using System.Net;
using System.Reflection;
using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Hocon;

namespace RelayCluster.Host.Configuration;

/// <summary>The formats of the types that options have.</summary>
internal static class SettingFormats
{
    /// <summary>The suffix of properties that take a size.</summary>
    public const string SizeSuffix = "Bytes";

    private static readonly SettingFormat Text = new("a text", text => text, value => (string)value);

    private static readonly SettingFormat Flag = new(
        "true or false",
        text => text switch
        {
            "true" or "yes" or "on" => true,
            "false" or "no" or "off" => false,
            _ => null,
        },
        value => (bool)value ? "true" : "false");

    private static readonly SettingFormat Number = new(
        "a whole number",
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null,
        value => ((int)value).ToString(CultureInfo.InvariantCulture));

    private static readonly SettingFormat Size = new(
        "a size such as 512KiB or 8MiB",
        text => HoconSize.TryParse(text, out long bytes) ? (int)Math.Min(bytes, int.MaxValue) : null,
        value => HoconSize.Format((int)value));

    private static readonly SettingFormat Duration = new(
        "a duration with its unit such as 15s or 500ms",
        text => HoconDuration.TryParse(text, out TimeSpan duration) ? duration : null,
        value => HoconDuration.Format((TimeSpan)value));

    private static readonly SettingFormat Address = new(
        "an IP address such as 127.0.0.1, or localhost",
        ParseAddress,
        value => ((IPAddress)value).ToString());

    private static readonly SettingFormat Broker = new(
        "the address of a broker such as amqp://user:password@host:5672/vhost",
        UriText.ParseBroker,
        value => ((Uri)value).OriginalString);

    private static readonly SettingFormat Nodes = new(
        "nodes as host:port, such as 127.0.0.1:49737",
        text => ParseAll(text),
        value => string.Join(',', (IReadOnlyList<BootstrapNode>)value),
        IsList: true);

    /// <summary>The format of a property; null if it is no option but holds options.</summary>
    public static SettingFormat? Of(PropertyInfo property) => property.PropertyType switch
    {
        Type type when type == typeof(string) => Text,
        Type type when type == typeof(bool) => Flag,
        Type type when type == typeof(int) => IsSize(property) ? Size : Number,
        Type type when type == typeof(TimeSpan) => Duration,
        Type type when type == typeof(IPAddress) => Address,
        Type type when type == typeof(IReadOnlyList<BootstrapNode>) => Nodes,
        Type type when type == typeof(Uri) => Broker,
        { IsEnum: true } type => Choice(type),
        _ => null,
    };

    /// <summary>Whether an option is a number of bytes.</summary>
    public static bool IsSize(PropertyInfo property) =>
        property.PropertyType == typeof(int) && property.Name.EndsWith(SizeSuffix, StringComparison.Ordinal);

    private static SettingFormat Choice(Type type)
    {
        string[] names = [.. Enum.GetNames(type).Select(name => name.ToLowerInvariant())];
        return new SettingFormat(
            $"one of {string.Join(", ", names)}",
            text => Array.IndexOf(names, text) is >= 0 and var index ? Enum.GetValues(type).GetValue(index) : null,
            value => value.ToString()!.ToLowerInvariant());
    }

    /// <summary>Reads an address; null if it is none.</summary>
    public static IPAddress? ParseAddress(string text)
    {
        if (text == "localhost")
        {
            return IPAddress.Loopback;
        }

        // The parser of .NET also takes "1" and "127.1", which are more likely mistakes.
        bool isWhole = text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3;
        return isWhole && IPAddress.TryParse(text, out IPAddress? address) ? address : null;
    }

    private static List<BootstrapNode>? ParseAll(string text)
    {
        var nodes = new List<BootstrapNode>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!BootstrapNode.TryParse(item, out BootstrapNode? node))
            {
                return null;
            }

            nodes.Add(node);
        }

        return nodes;
    }
}

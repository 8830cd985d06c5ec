using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using RelayCluster.Cluster.RabbitMq;
using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Hocon;
using RelayCluster.Wire;

namespace RelayCluster.Host.Configuration;

/// <summary>The formats of the types that options have.</summary>
internal static class SettingFormats
{
    /// <summary>The suffix of properties that take a size, which is not in their keys.</summary>
    public const string SizeSuffix = "Bytes";

    private const string RateSuffix = "BytesPerSecond";

    private delegate bool TryParse<T>(string text, [MaybeNullWhen(false)] out T value);

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
        text => BrokerAddress.TryParse(text, out BrokerAddress? address) ? address : null,
        value => ((BrokerAddress)value).Uri.OriginalString);

    private static readonly SettingFormat Port = new(
        "a whole number, 0 to 65535, or off",
        text => PortOrOff.Parse(text),
        value => ((PortOrOff)value).ToString());

    private static readonly SettingFormat Nodes =
        ListOf<BootstrapNode>("nodes as host:port, such as 127.0.0.1:49737", BootstrapNode.TryParse);

    private static readonly SettingFormat Networks =
        ListOf<IPNetwork>("networks such as 10.0.0.0/8 or 2001:db8::/32, or addresses", TryParseNetwork);

    private static readonly SettingFormat Keys =
        ListOf<Fixed32>("public keys of 64 hexadecimal digits", Fixed32.TryParse);

    /// <summary>The format of a property; null if it is no option but holds options.</summary>
    public static SettingFormat? Of(PropertyInfo property) => property.PropertyType switch
    {
        Type type when type == typeof(string) => Text,
        Type type when type == typeof(bool) => Flag,
        Type type when type == typeof(int) => IsSize(property) ? Size : Number,
        Type type when type == typeof(TimeSpan) => Duration,
        Type type when type == typeof(IPAddress) => Address,
        Type type when type == typeof(IReadOnlyList<BootstrapNode>) => Nodes,
        Type type when type == typeof(IReadOnlyList<IPNetwork>) => Networks,
        Type type when type == typeof(IReadOnlyList<Fixed32>) => Keys,
        Type type when type == typeof(PortOrOff) => Port,
        Type type when type == typeof(BrokerAddress) => Broker,
        { IsEnum: true } type => Choice(type),
        _ => null,
    };

    /// <summary>Whether an option is a number of bytes.</summary>
    public static bool IsSize(PropertyInfo property) => property.PropertyType == typeof(int)
        && (property.Name.EndsWith(SizeSuffix, StringComparison.Ordinal)
            || property.Name.EndsWith(RateSuffix, StringComparison.Ordinal));

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

    private static SettingFormat ListOf<T>(string expected, TryParse<T> tryParse)
        where T : notnull => new(
        expected,
        text => ParseAll(text, tryParse),
        value => string.Join(',', (IReadOnlyList<T>)value),
        IsList: true);

    private static List<T>? ParseAll<T>(string text, TryParse<T> tryParse)
    {
        var all = new List<T>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!tryParse(item, out T? one))
            {
                return null;
            }

            all.Add(one);
        }

        return all;
    }

    /// <summary>A network, or an address that is all of one.</summary>
    private static bool TryParseNetwork(string text, out IPNetwork network)
    {
        if (ParseAddress(text) is not { } address)
        {
            return IPNetwork.TryParse(text, out network);
        }

        network = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return true;
    }
}

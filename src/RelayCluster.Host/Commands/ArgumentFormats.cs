using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RelayCluster.Dht.Hyper;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hocon;
using RelayCluster.Host.Topics;
using RelayCluster.Wire;

namespace RelayCluster.Host.Commands;

/// <summary>The formats of what commands take.</summary>
internal static class ArgumentFormats
{
    /// <summary>A port to bind to.</summary>
    public static readonly ArgumentFormat<int> Port = Number(0, ushort.MaxValue);

    /// <summary>A public key.</summary>
    public static readonly ArgumentFormat<Fixed32> Key = new("a public key, 64 hexadecimal digits", Fixed32.TryParse);

    /// <summary>A topic: anything but nothing.</summary>
    public static readonly ArgumentFormat<Fixed32> Topic = new("64 hexadecimal digits or any other text", TryReadTopic);

    /// <summary>A node to ask first.</summary>
    public static readonly ArgumentFormat<BootstrapNode> BootstrapNode =
        new("a node as host:port, such as 127.0.0.1:49737", Dht.Hyper.BootstrapNode.TryParse);

    /// <summary>An address of this machine.</summary>
    public static readonly ArgumentFormat<IPAddress> Address = new("an IP address such as 127.0.0.1, or localhost", (
        string text, [MaybeNullWhen(false)] out IPAddress address) => TryReadAddress(text, out address));

    /// <summary>An address of this machine, for the DHT.</summary>
    public static readonly ArgumentFormat<IPAddress> DhtAddress = new(
        "an IPv4 address such as 127.0.0.1: the DHT has no other",
        (string text, [MaybeNullWhen(false)] out IPAddress address) =>
            TryReadAddress(text, out address) && address.AddressFamily == AddressFamily.InterNetwork);

    /// <summary>A server to connect to over TCP.</summary>
    public static readonly ArgumentFormat<DnsEndPoint> Server =
        new("a server as host:port, such as localhost:8080 or [::1]:8080", TryReadServer);

    /// <summary>A relay.</summary>
    public static readonly ArgumentFormat<Uri> Relay =
        new("a relay as ws://host:port, wss://host:port or tcp://host:port", TryReadRelay);

    /// <summary>The admin endpoint of a node.</summary>
    public static readonly ArgumentFormat<Uri> Admin =
        new("an address as http://host:port or https://host:port", TryReadAdmin);

    /// <summary>A file's name, not empty; whether there is such a file is seen when it is opened.</summary>
    public static readonly ArgumentFormat<string> File = new("a file", TryReadFile);

    /// <summary>How long something may last, which may be no time at all.</summary>
    public static readonly ArgumentFormat<TimeSpan> Timeout = Duration(TimeSpan.Zero, TimeSpan.FromDays(1));

    /// <summary>How often something is done.</summary>
    public static readonly ArgumentFormat<TimeSpan> Interval =
        Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));

    /// <summary>A duration in a range.</summary>
    private static ArgumentFormat<TimeSpan> Duration(TimeSpan least, TimeSpan most) => new(
        $"a duration with its unit such as 15s or 500ms, {HoconDuration.Format(least)} to {HoconDuration.Format(most)}",
        (string text, out TimeSpan duration) =>
            HoconDuration.TryParse(text, out duration) && duration >= least && duration <= most);

    /// <summary>A number in a range.</summary>
    public static ArgumentFormat<int> Number(int least, int most) => new(
        $"a whole number, {least} to {most}",
        (string text, out int number) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number >= least
            && number <= most);

    private static bool TryReadAdmin(string text, [MaybeNullWhen(false)] out Uri admin) =>
        Uri.TryCreate(text, UriKind.Absolute, out admin)
        && (admin.Scheme == Uri.UriSchemeHttp || admin.Scheme == Uri.UriSchemeHttps)
        && admin is { UserInfo: "", AbsolutePath: "/", Query: "", Fragment: "" };

    private static bool TryReadFile(string text, out string file)
    {
        file = text;
        return text.Length > 0;
    }

    private static bool TryReadTopic(string text, out Fixed32 topic)
    {
        topic = HexOrHash.Read(text);
        return text.Length > 0;
    }

    private static bool TryReadAddress(string text, [MaybeNullWhen(false)] out IPAddress address)
    {
        address = SettingFormats.ParseAddress(text);
        return address is not null;
    }

    private static bool TryReadServer(string text, [MaybeNullWhen(false)] out DnsEndPoint server)
    {
        bool isServer = Uri.TryCreate($"tcp://{text}", UriKind.Absolute, out Uri? uri)
            && uri is { Port: > 0, PathAndQuery: "/" or "", UserInfo: "", Fragment: "" };
        server = isServer ? new DnsEndPoint(uri!.DnsSafeHost, uri.Port) : null;
        return isServer;
    }

    private static bool TryReadRelay(string text, [MaybeNullWhen(false)] out Uri relay) =>
        Uri.TryCreate(text, UriKind.Absolute, out relay)
        && relay is { UserInfo: "", Host.Length: > 0 }
        && relay.Scheme switch
        {
            "ws" or "wss" => true,
            "tcp" => relay is { PathAndQuery: "/" or "" },
            _ => false,
        };
}

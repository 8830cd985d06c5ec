using System.Diagnostics.CodeAnalysis;

namespace RelayCluster.Cluster.RabbitMq;

/// <summary>
/// Where a broker is, who we are there and by which password: <c>amqp://user:password@host:port/vhost</c>, or
/// <c>amqps://</c> for TLS. Written, it has stars for the password, so that it can be shown and logged.
/// </summary>
public sealed class BrokerAddress
{
    private BrokerAddress(Uri uri) => Uri = uri;

    /// <summary>The broker of this machine, as it is installed.</summary>
    public static BrokerAddress Default { get; } = new(new Uri("amqp://guest:guest@127.0.0.1:5672"));

    /// <summary>All of it, the password included.</summary>
    public Uri Uri { get; }

    /// <summary>Reads an address; false if it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out BrokerAddress? address)
    {
        address = Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            && uri is { Scheme: "amqp" or "amqps", Host.Length: > 0, Query: "", Fragment: "" }
            && uri.AbsolutePath.Count(c => c == '/') <= 1
                ? new BrokerAddress(uri)
                : null;
        return address is not null;
    }

    /// <summary>The address without the password.</summary>
    public override string ToString()
    {
        string user = Uri.UserInfo.Split(':', 2) is [var name, _] ? $"{name}:***@" : "";
        string path = Uri.AbsolutePath == "/" ? "" : Uri.AbsolutePath;
        return $"{Uri.Scheme}://{user}{Uri.Authority}{path}";
    }
}

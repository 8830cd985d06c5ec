namespace RelayCluster.Host.Configuration;

/// <summary>How addresses with a user and a password in them are read, and shown.</summary>
internal static class UriText
{
    /// <summary>Reads the address of a broker; null if it is none.</summary>
    public static Uri? ParseBroker(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            && uri is { Scheme: "amqp" or "amqps", Host.Length: > 0, Query: "", Fragment: "" }
            && uri.AbsolutePath.Count(c => c == '/') <= 1
            ? uri
            : null;

    /// <summary>The address with stars where a password was.</summary>
    public static string WithoutPassword(Uri uri)
    {
        string user = uri.UserInfo.Split(':', 2) is [var name, _] ? $"{name}:***@" : "";
        string path = uri.AbsolutePath == "/" ? "" : uri.AbsolutePath;
        return $"{uri.Scheme}://{user}{uri.Authority}{path}";
    }
}

namespace RelayCluster.Host.Hocon;

/// <summary>The keys from the root to a value: <c>relay.dht.port</c>.</summary>
internal sealed class HoconPath
{
    /// <summary>How long a path may be; it bounds how deep objects nest by dotted keys.</summary>
    public const int MaxLength = 64;

    private readonly string[] _keys;

    public HoconPath(params string[] keys)
    {
        _keys = keys;
    }

    /// <summary>The path of the root object.</summary>
    public static HoconPath Root { get; } = new();

    public int Length => _keys.Length;

    public string this[int index] => _keys[index];

    /// <summary>The keys of <paramref name="path"/> below those of this path.</summary>
    public HoconPath Append(HoconPath path) => new([.. _keys, .. path._keys]);

    /// <summary>As it is written in a file, quotes only where a key needs them.</summary>
    public override string ToString() => string.Join('.', _keys.Select(Quote));

    /// <summary>The keys with dots between them and without quotes: how an environment variable is named.</summary>
    public string ToPlainString() => string.Join('.', _keys);

    private static string Quote(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? key : $"\"{key}\"";
}

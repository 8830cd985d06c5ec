using RelayCluster.Protocol.Transports;

namespace RelayCluster.Client.Transports;

/// <summary>Where a relay is: <c>ws://host:port</c>, <c>wss://…</c> or <c>tcp://…</c>.</summary>
internal static class RelayAddress
{
    private const int WebSocketPort = 49443;
    private const int TcpPort = 49444;

    /// <summary>What reaches a relay at an address.</summary>
    /// <exception cref="ArgumentException">The address has another scheme, or is not absolute.</exception>
    public static Func<CancellationToken, ValueTask<IMessageTransport>> GetDialer(Uri relay, RelayedDhtOptions options)
    {
        if (!relay.IsAbsoluteUri)
        {
            throw new ArgumentException($"The address of a relay is absolute, unlike {relay}", nameof(relay));
        }

        return relay.Scheme switch
        {
            "ws" or "wss" => new WebSocketDialer(WithPort(relay, WebSocketPort), options.TimeProvider).DialAsync,
            "tcp" => new TcpDialer(WithPort(relay, TcpPort), options.Dialect, options.TimeProvider).DialAsync,
            _ => throw new ArgumentException(
                $"A relay is reached by ws://, wss:// or tcp://, not by {relay.Scheme}://", nameof(relay)),
        };
    }

    /// <summary>Relays listen on ports of their own, not on those of the schemes.</summary>
    public static Uri WithPort(Uri relay, int defaultPort) =>
        TellsPort(relay) ? relay : new UriBuilder(relay) { Port = defaultPort }.Uri;

    // Uri does not tell "ws://relay:80" from "ws://relay"
    private static bool TellsPort(Uri relay)
    {
        ReadOnlySpan<char> authority = relay.OriginalString.AsSpan(relay.OriginalString.IndexOf("//", StringComparison.Ordinal) + 2);
        int end = authority.IndexOfAny('/', '?', '#');
        authority = end < 0 ? authority : authority[..end];
        return authority.LastIndexOf(':') > authority.LastIndexOf(']');
    }
}

using System.Net;

namespace RelayCluster.Host.Configuration;

/// <summary>
/// All options of <c>relay serve</c>. The key of an option is its path in lower case with hyphens, below
/// <c>relay</c>: <see cref="LimitOptions.HandshakeTimeout"/> is <c>relay.limits.handshake-timeout</c>. A number of
/// bytes ends in Bytes here, its key does not: it takes a size. What each option means stands in
/// <c>hocon/relay.conf</c>. Most secrets are in files of their own; an option that holds one is a
/// <see cref="SecretAttribute">secret</see>.
/// </summary>
internal sealed class ServeOptions
{
    /// <summary>The address that clients connect to.</summary>
    public IPAddress Host { get; set; } = IPAddress.Loopback;

    /// <summary>The port for WebSocket clients and health checks; 0 takes any free one.</summary>
    [Between("0", "65535")]
    public int WsPort { get; set; } = 49443;

    /// <summary>The port for TCP clients; 0 takes any free one.</summary>
    [Between("0", "65535")]
    public int TcpPort { get; set; } = 49444;

    /// <summary>How long the sessions and the DHT node get to close in order.</summary>
    [Between("100ms", "1m")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How long sessions may live after SIGTERM before they are closed.</summary>
    [Between("0s", "1d")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.Zero;

    /// <summary>Whether the WebSocket port serves the example page too.</summary>
    public bool Example { get; set; } = true;

    /// <summary>The proxies that are believed when they say whom they speak for.</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; set; } = [];

    public ProxyProtocolOptions ProxyProtocol { get; } = new();

    public TlsOptions Tls { get; } = new();

    public HeartbeatOptions Heartbeat { get; } = new();

    public BufferOptions Buffers { get; } = new();

    public LimitOptions Limits { get; } = new();

    public AccessOptions Policy { get; } = new();

    public LookupOptions Lookups { get; } = new();

    public DhtOptions Dht { get; } = new();

    public ClusterOptions Cluster { get; } = new();

    public AdminOptions Admin { get; } = new();

    public LogOptions Log { get; } = new();

    public TelemetryOptions Telemetry { get; } = new();
}

namespace RelayCluster.Cluster.Connections;

/// <summary>Where a node listens for the others of its fleet, and how it takes their connections.</summary>
public sealed record NodeConnectionOptions
{
    /// <summary>
    /// The address, or a name for it, that this node listens at and that the others reach it by. Default: loopback.
    /// <c>0.0.0.0</c> or <c>::</c> listens everywhere, and tells the others the first address of a network that this
    /// machine is in.
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The TCP port; 0, the default, takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>TLS, which all nodes have or none; null, the default, for none.</summary>
    public NodeTls? Tls { get; init; }

    /// <summary>How long a ticket is good. Default: 10 s, which is how long a busy node may take to dial.</summary>
    public TimeSpan TicketLifetime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many tickets may be out at once. Default: 10,000, some MiB.</summary>
    public int MaxTickets { get; init; } = 10_000;

    /// <summary>How long whoever connects may take until its ticket is seen. Default: 5 s.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may take to be opened. Default: 5 s.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

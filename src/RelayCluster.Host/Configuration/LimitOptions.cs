namespace RelayCluster.Host.Configuration;

/// <summary>What clients may have at once.</summary>
internal sealed class LimitOptions
{
    /// <summary>Sessions on this node.</summary>
    [Between("1", "1000000")]
    public int Sessions { get; set; } = 10_000;

    /// <summary>Streams in a session.</summary>
    [Between("1", "65536")]
    public int StreamsPerSession { get; set; } = 1024;

    /// <summary>Lookups and announces in a session.</summary>
    [Between("1", "65536")]
    public int QueriesPerSession { get; set; } = 64;

    /// <summary>The longest frame that a client may send; the most is what a TCP frame can say.</summary>
    [Between("64KiB", "16MiB")]
    public int FrameBytes { get; set; } = 16 << 20;

    /// <summary>How long a client may take from connecting to its first message.</summary>
    [Between("100ms", "5m")]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

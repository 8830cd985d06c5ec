namespace RelayCluster.Host.Configuration;

/// <summary>What clients may have at once, and for how long.</summary>
internal sealed class LimitOptions
{
    /// <summary>Sessions on this node.</summary>
    [Between("1", "1000000")]
    public int Sessions { get; set; } = 10_000;

    /// <summary>Connections on each port that are no sessions, or not yet.</summary>
    [Between("1", "1000000")]
    public int Connecting { get; set; } = 1000;

    /// <summary>Streams in a session.</summary>
    [Between("1", "1000000")]
    public int Streams { get; set; } = 1024;

    /// <summary>Streams in a session that are being dialled.</summary>
    [Between("1", "100000")]
    public int Dials { get; set; } = 128;

    /// <summary>Lookups and announces in a session.</summary>
    [Between("1", "100000")]
    public int Queries { get; set; } = 256;

    /// <summary>Servers in a session.</summary>
    [Between("1", "100000")]
    public int Servers { get; set; } = 64;

    /// <summary>Peers of a server that wait for the client's yes or no.</summary>
    [Between("1", "100000")]
    public int FirewallQuestions { get; set; } = 128;

    /// <summary>Questions to a client that it has yet to answer.</summary>
    [Between("1", "100000")]
    public int Questions { get; set; } = 512;

    /// <summary>Connections of a server that wait for room in the session.</summary>
    [Between("1", "100000")]
    public int AcceptBacklog { get; set; } = 64;

    /// <summary>How long a client may take to answer a question, and to take a connection.</summary>
    [Between("1s", "5m")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest frame that a client may send.</summary>
    [Between("64KiB", "1GiB")]
    public int FrameBytes { get; set; } = 64 << 20;

    /// <summary>How long a client may take from connecting to an open transport.</summary>
    [Between("100ms", "5m")]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a peer that does not read may hold up its whole session.</summary>
    [Between("1s", "1d")]
    public TimeSpan StalledPeerTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The rates of a session.</summary>
    public RateOptions Session { get; } = new();

    /// <summary>What the sessions from one address have together.</summary>
    public AddressOptions Address { get; } = new();

    /// <summary>What all sessions of the node have together.</summary>
    public UsageOptions Node { get; } = new();
}

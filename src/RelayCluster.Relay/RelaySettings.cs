namespace RelayCluster.Relay;

/// <summary>The options as they were when the relay started, checked.</summary>
internal sealed class RelaySettings
{
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RelaySettings(RelayOptions options)
    {
        OptionRanges.Check(options);
        NodeName = options.NodeName;
        HeartbeatInterval = options.HeartbeatInterval;
        SilenceTimeout = options.SilenceTimeout;
        StreamBytesEachWay = options.StreamBufferBytes / 4;
        SessionBytesEachWay = options.SessionBufferBytes / 4;
        MaxStreams = options.MaxStreams;
        MaxConcurrentDials = options.MaxConcurrentDials;
        MaxQueries = options.MaxQueries;
        MaxServers = options.MaxServers;
        MaxFirewallQuestions = options.MaxFirewallQuestions;
        MaxQuestions = options.MaxQuestions;
        AcceptBacklog = options.AcceptBacklog;
        AnswerTimeout = options.AnswerTimeout;
        StalledPeerTimeout = options.StalledPeerTimeout;
        MaxSessions = options.MaxSessions;
    }

    public string NodeName { get; }

    public TimeSpan HeartbeatInterval { get; }

    public TimeSpan SilenceTimeout { get; }

    /// <summary>What the relay itself holds, and as much again the stream's transport below it.</summary>
    public int StreamBytesEachWay { get; }

    /// <summary>As <see cref="StreamBytesEachWay"/>, for all streams of a session.</summary>
    public int SessionBytesEachWay { get; }

    public int MaxStreams { get; }

    public int MaxConcurrentDials { get; }

    public int MaxQueries { get; }

    public int MaxServers { get; }

    public int MaxFirewallQuestions { get; }

    public int MaxQuestions { get; }

    public int AcceptBacklog { get; }

    public TimeSpan AnswerTimeout { get; }

    public TimeSpan StalledPeerTimeout { get; }

    public int MaxSessions { get; }
}

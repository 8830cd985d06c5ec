using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Host.Configuration;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay;
using RelayCluster.Relay.Policy;

namespace RelayCluster.Host.Hosting;

/// <summary>What the rooms below are told: the options that concern them, in their own words.</summary>
internal static class CoreOptions
{
    public static RelayOptions ForRelay(ServeOptions options) => new()
    {
        HeartbeatInterval = options.Heartbeat.Interval,
        SilenceTimeout = options.Heartbeat.Timeout,
        StreamBufferBytes = options.Buffers.StreamBytes,
        SessionBufferBytes = options.Buffers.SessionBytes,
        MaxSessions = options.Limits.Sessions,
        MaxStreams = options.Limits.Streams,
        MaxConcurrentDials = options.Limits.Dials,
        MaxQueries = options.Limits.Queries,
        MaxServers = options.Limits.Servers,
        MaxFirewallQuestions = options.Limits.FirewallQuestions,
        MaxQuestions = options.Limits.Questions,
        AcceptBacklog = options.Limits.AcceptBacklog,
        AnswerTimeout = options.Limits.AnswerTimeout,
        StalledPeerTimeout = options.Limits.StalledPeerTimeout,
        Lookups = ForLookups(options),
    };

    public static Relay.Lookups.LookupOptions ForLookups(ServeOptions options) => new()
    {
        Keep = options.Lookups.Keep,
        MaxTopics = options.Lookups.Topics,
        MaxBytes = options.Lookups.BufferBytes,
    };

    public static PolicyOptions ForPolicy(ServeOptions options)
    {
        LimitOptions limits = options.Limits;
        var policy = new PolicyOptions
        {
            Addresses = options.Policy.Addresses,
            Clients = options.Policy.Clients,
            Servers = options.Policy.Servers,
            Remotes = options.Policy.Remotes,
        };
        policy.Address.Sessions = limits.Address.Sessions;
        policy.Address.IPv6PrefixBits = limits.Address.Ipv6Prefix;
        Copy(limits.Session, policy.Session);
        Copy(limits.Address, policy.Address);
        Copy(limits.Node, policy.Node);
        return policy;
    }

    public static WebSocketTransportOptions ForWebSocket(ServeOptions options) => new()
    {
        MaxFrameBytes = options.Limits.FrameBytes,
    };

    /// <summary>
    /// No keep-alive at this level: the protocol has its own, and empty frames mean nothing to it. Clients of the older
    /// dialect have an older secret stream too, so the header of theirs tells which one it is.
    /// </summary>
    public static SecretStreamOptions ForSecretStream(ServeOptions options) => new()
    {
        MaxMessageBytes = Math.Min(options.Limits.FrameBytes, SecretStream.MaxMessageBytes),
        FollowInitiator = true,
    };

    private static void Copy(RateOptions from, RateLimits to)
    {
        to.BytesPerSecond = from.BytesPerSecond;
        to.OpensPerSecond = from.OpensPerSecond;
    }

    private static void Copy(UsageOptions from, UsageLimits to)
    {
        Copy((RateOptions)from, to);
        to.Streams = from.Streams;
        to.Servers = from.Servers;
        to.Queries = from.Queries;
    }
}

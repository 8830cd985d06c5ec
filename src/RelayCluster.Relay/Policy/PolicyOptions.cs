using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Policy;

/// <summary>
/// What a <see cref="LimitingPolicy"/> goes by; by default it lets everything be. How many streams, servers and queries
/// a session has, and how many sessions the relay, is said in <see cref="RelayOptions"/>.
/// </summary>
public sealed class PolicyOptions
{
    /// <summary>The rates of each session.</summary>
    public RateLimits Session { get; } = new();

    /// <summary>What the sessions from one address have together.</summary>
    public AddressLimits Address { get; } = new();

    /// <summary>What all sessions of the relay have together.</summary>
    public UsageLimits Node { get; } = new();

    /// <summary>
    /// Where clients may come from. One whose address is not known is let in if there is no list of those that are.
    /// </summary>
    public AccessRules<IPNetwork> Addresses { get; init; } = new();

    /// <summary>The keys that clients may say hello, connect, announce and unannounce with.</summary>
    public AccessRules<Fixed32> Clients { get; init; } = new();

    /// <summary>The keys that clients may listen on.</summary>
    public AccessRules<Fixed32> Servers { get; init; } = new();

    /// <summary>The keys of the peers at the other end: those that clients may connect to, and those that may connect
    /// to clients' servers.</summary>
    public AccessRules<Fixed32> Remotes { get; init; } = new();
}

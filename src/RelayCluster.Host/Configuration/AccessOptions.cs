using System.Net;
using RelayCluster.Relay.Policy;
using RelayCluster.Wire;

namespace RelayCluster.Host.Configuration;

/// <summary>Who may use the relay, and for what: lists of those who may, and of those who may not.</summary>
internal sealed class AccessOptions
{
    /// <summary>Where clients come from.</summary>
    public AccessRules<IPNetwork> Addresses { get; } = new();

    /// <summary>The keys of clients.</summary>
    public AccessRules<Fixed32> Clients { get; } = new();

    /// <summary>The keys of clients' servers.</summary>
    public AccessRules<Fixed32> Servers { get; } = new();

    /// <summary>The keys of peers.</summary>
    public AccessRules<Fixed32> Remotes { get; } = new();
}

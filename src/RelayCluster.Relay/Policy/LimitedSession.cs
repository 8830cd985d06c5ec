using System.Net;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Policy;

/// <summary>A session under a <see cref="LimitingPolicy"/>.</summary>
/// <param name="policy">The policy.</param>
/// <param name="address">Where the client comes from, if that is known.</param>
/// <param name="holders">Who has what the session has: itself, then the address and the relay.</param>
internal sealed class LimitedSession(LimitingPolicy policy, IPAddress? address, Allotment[] holders) : ISessionPolicy
{
    private bool _isGone;

    public PolicyRefusal? Greet(Fixed32 publicKey) => policy.Clients.Check(publicKey);

    public PolicyRefusal? Connect(Fixed32 publicKey, Fixed32 remotePublicKey) =>
        policy.Clients.Check(publicKey)
        ?? policy.Remotes.Check(remotePublicKey)
        ?? policy.Take(holders, PolicyResource.Stream, isAsked: true);

    public PolicyRefusal? Listen(Fixed32 publicKey) =>
        policy.Servers.Check(publicKey) ?? policy.Take(holders, PolicyResource.Server, isAsked: true);

    public PolicyRefusal? Knock(Fixed32 publicKey, Fixed32 remotePublicKey) => policy.Remotes.Check(remotePublicKey);

    public PolicyRefusal? Accept(Fixed32 publicKey, Fixed32 remotePublicKey) =>
        policy.Remotes.Check(remotePublicKey) ?? policy.Take(holders, PolicyResource.Stream, isAsked: false);

    public PolicyRefusal? Query(QueryKind kind, Fixed32? publicKey, Fixed32 topic) =>
        (publicKey is { } key ? policy.Clients.Check(key) : null)
        ?? policy.Take(holders, PolicyResource.Query, isAsked: true);

    public void Ended(PolicyResource resource) => policy.Return(holders, resource, 1);

    public TimeSpan Carried(int bytes) => policy.Carry(holders, bytes);

    /// <summary>All that the session still had is the others' again.</summary>
    public void Dispose()
    {
        if (_isGone)
        {
            return;
        }

        _isGone = true;
        foreach (PolicyResource resource in Enum.GetValues<PolicyResource>())
        {
            policy.Return(holders, resource, holders[0].Held(resource));
        }

        policy.Return(holders[1..], PolicyResource.Session, 1);
        if (address is not null)
        {
            policy.Leave(address);
        }
    }
}

namespace RelayCluster.Relay.Policy;

/// <summary>
/// Who may use the relay, and how much of it. A relay asks it about each client before it serves it, and about
/// everything that the client wants from what it was given for it: a policy of an embedder's own can let in whom a
/// directory knows, and bill what they use. <see cref="LimitingPolicy"/> goes by options.
/// </summary>
/// <remarks>
/// The limits of <see cref="RelayOptions"/> hold beside it: they bound what the relay itself holds, whatever the policy.
/// </remarks>
public interface IRelayPolicy
{
    /// <summary>
    /// A client is at the door. What takes time, such as a look into a directory, belongs here: later questions are
    /// answered at once. A policy that throws is a fault, and the client is not served.
    /// </summary>
    /// <param name="sessionId">The name that the session has in logs.</param>
    /// <param name="client">Where the client comes from.</param>
    /// <param name="cancellationToken">The client is not wanted any more.</param>
    ValueTask<PolicyAdmission> AdmitAsync(
        string sessionId,
        ClientOrigin client,
        CancellationToken cancellationToken = default);
}

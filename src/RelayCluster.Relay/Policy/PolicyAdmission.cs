using System.Diagnostics.CodeAnalysis;

namespace RelayCluster.Relay.Policy;

/// <summary>What a policy says about a client: what holds for its session, or why it is not served.</summary>
public sealed class PolicyAdmission
{
    private PolicyAdmission(ISessionPolicy? session, PolicyRefusal? refusal)
    {
        Session = session;
        Refusal = refusal;
    }

    /// <summary>What holds for the session, whose it is then; null if there is to be none.</summary>
    public ISessionPolicy? Session { get; }

    /// <summary>Why there is to be no session.</summary>
    public PolicyRefusal? Refusal { get; }

    /// <summary>Whether the client is served.</summary>
    [MemberNotNullWhen(true, nameof(Session))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsAdmitted => Session is not null;

    /// <summary>The client is served.</summary>
    public static PolicyAdmission Admit(ISessionPolicy session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new PolicyAdmission(session, null);
    }

    /// <summary>The client is not served.</summary>
    public static PolicyAdmission Refuse(PolicyRefusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new PolicyAdmission(null, refusal);
    }
}

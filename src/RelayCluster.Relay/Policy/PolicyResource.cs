namespace RelayCluster.Relay.Policy;

/// <summary>What clients have, and a policy counts.</summary>
public enum PolicyResource
{
    /// <summary>A session.</summary>
    Session,

    /// <summary>A stream, dialled or accepted.</summary>
    Stream,

    /// <summary>A server.</summary>
    Server,

    /// <summary>A lookup, announce or unannounce.</summary>
    Query,
}

namespace RelayCluster.Cluster.Administration;

/// <summary>Why an operator's wish was not fulfilled.</summary>
public enum AdministrationError
{
    /// <summary>The fleet has no node of that name.</summary>
    UnknownNode,

    /// <summary>There is no session of that name.</summary>
    UnknownSession,

    /// <summary>The node is down, does not answer, or cannot be asked while the engine is away.</summary>
    NodeUnreachable,

    /// <summary>The node does not do that now.</summary>
    Refused,
}

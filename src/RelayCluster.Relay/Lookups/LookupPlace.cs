namespace RelayCluster.Relay.Lookups;

/// <summary>Between whom shared lookups stand; it decides what is counted.</summary>
public enum LookupPlace
{
    /// <summary>Sessions ask, and the DHT is asked: a node by itself.</summary>
    Alone,

    /// <summary>Sessions ask, and the topic's owner in the fleet is asked.</summary>
    BeforeOwner,

    /// <summary>Nodes of the fleet ask, and the DHT is asked.</summary>
    AtOwner,
}

namespace RelayCluster.Relay.Lookups;

/// <summary>What a node does about a topic.</summary>
public enum TopicLookupState
{
    /// <summary>The topic's owner in the fleet has been asked.</summary>
    Asking,

    /// <summary>The DHT is being asked, by this node.</summary>
    Running,

    /// <summary>The query is over, and its answer is kept for who asks soon.</summary>
    Kept,
}

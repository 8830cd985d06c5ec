namespace RelayCluster.Relay.Policy;

/// <summary>What a client asks the DHT for.</summary>
public enum QueryKind
{
    /// <summary>Who has announced a topic.</summary>
    Lookup,

    /// <summary>To be found under a topic.</summary>
    Announce,

    /// <summary>Not to be found there any more.</summary>
    Unannounce,
}

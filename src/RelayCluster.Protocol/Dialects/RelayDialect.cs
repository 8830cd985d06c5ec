namespace RelayCluster.Protocol.Dialects;

/// <summary>The generations of the relay protocol. A relay follows its client's.</summary>
public enum RelayDialect
{
    /// <summary>The living one: <c>@hyperswarm/dht-relay</c> on Protomux 3.</summary>
    Hyperswarm,

    /// <summary>The first one: <c>@web4/dht-relay</c> 0.1 on Protomux 2.</summary>
    Web4,
}

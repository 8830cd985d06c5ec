namespace RelayCluster.Dht.Rpc.Queries;

/// <summary>What a query did with a node so far.</summary>
internal enum QueryNodeState
{
    /// <summary>To be asked, if nothing closer comes in between.</summary>
    Pending,

    /// <summary>Asked.</summary>
    Asked,

    /// <summary>Asked, and late with its reply; others are asked in its place.</summary>
    Slow,

    /// <summary>It replied.</summary>
    Done,

    /// <summary>It did not reply at all.</summary>
    Down,
}

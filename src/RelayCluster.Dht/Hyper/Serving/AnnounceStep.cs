namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>What an <see cref="AnnounceSchedule"/> wants done.</summary>
internal enum AnnounceStep
{
    /// <summary>Nothing before its next timeout.</summary>
    Wait,

    /// <summary>Ping the nodes where the server is announced.</summary>
    Ping,

    /// <summary>Look for the closest nodes and announce there.</summary>
    Refresh,
}

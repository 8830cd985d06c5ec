namespace RelayCluster.Host.Configuration;

/// <summary>How fast something may go; 0: as fast as it can.</summary>
internal class RateOptions
{
    /// <summary>Payload bytes, both directions together.</summary>
    [Between("0", "1GiB")]
    public int BytesPerSecond { get; set; }

    /// <summary>Streams, servers, queries and, where those are counted, sessions.</summary>
    [Between("0", "1000000")]
    public int OpensPerSecond { get; set; }
}

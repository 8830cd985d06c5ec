namespace RelayCluster.Host.Configuration;

/// <summary>What several sessions may have together; 0: any number.</summary>
internal class UsageOptions : RateOptions
{
    [Between("0", "10000000")]
    public int Streams { get; set; }

    [Between("0", "10000000")]
    public int Servers { get; set; }

    [Between("0", "10000000")]
    public int Queries { get; set; }
}

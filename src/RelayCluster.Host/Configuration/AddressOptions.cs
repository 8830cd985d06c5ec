namespace RelayCluster.Host.Configuration;

/// <summary>What the sessions from one address may have together; 0: any number.</summary>
internal sealed class AddressOptions : UsageOptions
{
    [Between("0", "1000000")]
    public int Sessions { get; set; }

    /// <summary>How many bits of an IPv6 address are an address.</summary>
    [Between("1", "128")]
    public int Ipv6Prefix { get; set; } = 64;
}

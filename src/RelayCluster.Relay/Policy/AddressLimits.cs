using System.ComponentModel.DataAnnotations;

namespace RelayCluster.Relay.Policy;

/// <summary>How much the sessions that come from one address may have together.</summary>
public sealed class AddressLimits : UsageLimits
{
    /// <summary>How many sessions; 0, the default: any number.</summary>
    [Range(0, int.MaxValue)]
    public int Sessions { get; set; }

    /// <summary>
    /// How much of an IPv6 address is an address here: 1 to 128 bits, by default 64, which is what one customer has at
    /// least. An IPv4 address counts as a whole.
    /// </summary>
    [Range(1, 128)]
    public int IPv6PrefixBits { get; set; } = 64;
}

using System.ComponentModel.DataAnnotations;

namespace RelayCluster.Relay.Policy;

/// <summary>How much several sessions may have together. More is refused.</summary>
public class UsageLimits : RateLimits
{
    /// <summary>How many streams, dialled and accepted; 0, the default: any number.</summary>
    [Range(0, int.MaxValue)]
    public int Streams { get; set; }

    /// <summary>How many servers; 0, the default: any number.</summary>
    [Range(0, int.MaxValue)]
    public int Servers { get; set; }

    /// <summary>How many lookups, announces and unannounces under way; 0, the default: any number.</summary>
    [Range(0, int.MaxValue)]
    public int Queries { get; set; }
}

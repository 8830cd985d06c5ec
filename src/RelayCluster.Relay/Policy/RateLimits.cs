using System.ComponentModel.DataAnnotations;

namespace RelayCluster.Relay.Policy;

/// <summary>How fast something may go. In each case up to what a second brings may come at once.</summary>
public class RateLimits
{
    /// <summary>
    /// How many payload bytes are relayed in a second, both directions together; 0, the default: any number. At that
    /// rate nothing is refused or lost: the relay reads less often, and the senders wait.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int BytesPerSecond { get; set; }

    /// <summary>
    /// How many streams, servers and queries clients may ask for in a second, and sessions where those are counted; 0,
    /// the default: any number. More are refused.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int OpensPerSecond { get; set; }
}

using System.ComponentModel.DataAnnotations;

namespace RelayCluster.Relay.Lookups;

/// <summary>How lookups of one topic are shared.</summary>
public sealed class LookupOptions
{
    /// <summary>
    /// How long an answer is kept for who asks next, from the end of the query; 0 to 5 minutes, by default 5 seconds. 0
    /// keeps none; who asks while a query is under way shares it all the same.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Keep { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many topics may be looked up or kept at once; 1 to 1,000,000, by default 10,000. For more than that the
    /// oldest answers go, and then lookups are no longer shared.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxTopics { get; set; } = 10_000;

    /// <summary>
    /// How many bytes of answers may be held for who asks later; 64 KiB to 1 GiB, by default 16 MiB: some 50 KiB for a
    /// topic of many announcers. For more than that the oldest answers go.
    /// </summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int MaxBytes { get; set; } = 16 * 1024 * 1024;
}

namespace RelayCluster.Host.Configuration;

/// <summary>How lookups of one topic are shared.</summary>
internal sealed class LookupOptions
{
    /// <summary>How long an answer is kept for who asks next.</summary>
    [Between("0s", "5m")]
    public TimeSpan Keep { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Topics that are looked up or kept.</summary>
    [Between("1", "1000000")]
    public int Topics { get; set; } = 10_000;

    /// <summary>Answers that are held for who asks later.</summary>
    [Between("64KiB", "1GiB")]
    public int BufferBytes { get; set; } = 16 << 20;
}

namespace RelayCluster.Relay.Lookups;

/// <summary>The options as they were at the start, checked.</summary>
internal sealed class LookupSettings
{
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public LookupSettings(LookupOptions options)
    {
        OptionRanges.Check(options);
        Keep = options.Keep;
        MaxTopics = options.MaxTopics;
        MaxBytes = options.MaxBytes;
    }

    public TimeSpan Keep { get; }

    public int MaxTopics { get; }

    public int MaxBytes { get; }
}

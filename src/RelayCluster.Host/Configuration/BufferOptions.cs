namespace RelayCluster.Host.Configuration;

/// <summary>How much the relay holds for a reader that does not keep up, before it stops reading for it.</summary>
internal sealed class BufferOptions
{
    /// <summary>For one stream, half of it for each direction, and of that, half for its transport.</summary>
    [Between("64KiB", "1GiB")]
    public int StreamBytes { get; set; } = 1 << 20;

    /// <summary>For all streams of a session together, divided as for one stream.</summary>
    [Between("64KiB", "1GiB")]
    public int SessionBytes { get; set; } = 8 << 20;
}

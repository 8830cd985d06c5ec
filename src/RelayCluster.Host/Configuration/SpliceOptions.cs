namespace RelayCluster.Host.Configuration;

/// <summary>Where the other nodes of the fleet connect to this one.</summary>
internal sealed class SpliceOptions
{
    /// <summary>The address, or a name for it, to listen at and to be reached by.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The TCP port; 0 takes any free one.</summary>
    [Between("0", "65535")]
    public int Port { get; set; }

    public SpliceTlsOptions Tls { get; } = new();
}

namespace RelayCluster.Host.Configuration;

/// <summary>On which ports the trusted proxies speak the PROXY protocol.</summary>
internal sealed class ProxyProtocolOptions
{
    /// <summary>On the port for WebSocket clients.</summary>
    public bool Ws { get; set; }

    /// <summary>On the port for TCP clients.</summary>
    public bool Tcp { get; set; }
}

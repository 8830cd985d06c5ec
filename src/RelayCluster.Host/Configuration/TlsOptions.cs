namespace RelayCluster.Host.Configuration;

/// <summary>TLS for the WebSocket port; none unless both files are given.</summary>
internal sealed class TlsOptions
{
    /// <summary>A PEM file with the certificate and the chain below its root.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>A PEM file with the certificate's private key.</summary>
    public string Key { get; set; } = "";
}

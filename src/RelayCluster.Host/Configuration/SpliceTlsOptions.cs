namespace RelayCluster.Host.Configuration;

/// <summary>TLS between the nodes of the fleet; none unless all three files are given.</summary>
internal sealed class SpliceTlsOptions
{
    /// <summary>A PEM file with this node's certificate.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>A PEM file with the certificate's private key.</summary>
    public string Key { get; set; } = "";

    /// <summary>A PEM file with the certificates of those who sign the nodes'.</summary>
    public string Authority { get; set; } = "";
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RelayCluster.Cluster.Connections;
using RelayCluster.Host.Configuration;

namespace RelayCluster.Host.Hosting;

/// <summary>The certificates of the connections between nodes.</summary>
internal static class SpliceCertificates
{
    /// <summary>Reads the files; null where there is to be no TLS.</summary>
    /// <exception cref="StartupException">They are not what they should be.</exception>
    public static NodeTls? Load(SpliceTlsOptions options)
    {
        if (options.Certificate.Length == 0)
        {
            return null;
        }

        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(options.Authority);
            return authorities.Count > 0
                ? new NodeTls(X509Certificate2.CreateFromPemFile(options.Certificate, options.Key), authorities)
                : throw new CryptographicException($"there is no certificate in {options.Authority}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartupException(
                "cluster.splice.tls needs PEM files: a certificate, its key, and the authority's certificate; "
                + e.Message.TrimEnd('.'),
                e);
        }
    }
}

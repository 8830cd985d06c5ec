using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hosting;

namespace RelayCluster.Host.Endpoints;

/// <summary>Reads the certificate of the relay's HTTPS doors.</summary>
internal static class TlsCertificate
{
    /// <exception cref="StartupException">The files cannot be read, or do not belong together.</exception>
    public static X509Certificate2 Load(TlsOptions tls)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartupException(
                $"tls.certificate and tls.key need PEM files that belong together; {e.Message.TrimEnd('.')}", e);
        }
    }
}

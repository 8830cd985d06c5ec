using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace RelayCluster.Cluster.Connections.Sockets;

/// <summary>Both sides of TLS between nodes, as <see cref="NodeTls"/> has it.</summary>
internal sealed class TlsHandshakes
{
    private readonly SslStreamCertificateContext _certificate;
    private readonly X509ChainPolicy _policy;

    public TlsHandshakes(NodeTls tls)
    {
        _certificate = SslStreamCertificateContext.Create(tls.Certificate, tls.Authorities, offline: true);
        _policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        _policy.CustomTrustStore.AddRange(tls.Authorities);
    }

    /// <exception cref="System.Security.Authentication.AuthenticationException">The other one is of no
    /// fleet, or of another one.</exception>
    public async ValueTask<SslStream> ShakeHandsAsync(
        Stream stream,
        bool isServer,
        CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            if (isServer)
            {
                await tls.AuthenticateAsServerAsync(ForServer(), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await tls.AuthenticateAsClientAsync(ForClient(), cancellationToken).ConfigureAwait(false);
            }

            return tls;
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether the certificate is one of the fleet's, whatever its name.</summary>
    private static bool IsOfFleet(SslPolicyErrors errors) =>
        (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;

    private SslServerAuthenticationOptions ForServer() => new()
    {
        ServerCertificateContext = _certificate,
        ClientCertificateRequired = true,
        CertificateChainPolicy = _policy,
        RemoteCertificateValidationCallback = (_, _, _, errors) => IsOfFleet(errors),
    };

    private SslClientAuthenticationOptions ForClient() => new()
    {
        ClientCertificateContext = _certificate,
        CertificateChainPolicy = _policy,
        RemoteCertificateValidationCallback = (_, _, _, errors) => IsOfFleet(errors),
    };
}

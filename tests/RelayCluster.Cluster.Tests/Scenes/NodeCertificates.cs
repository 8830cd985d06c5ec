using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RelayCluster.Cluster.Connections;

namespace RelayCluster.Cluster.Tests.Scenes;

/// <summary>An authority of a fleet, and what it signs.</summary>
internal sealed class NodeCertificates : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public NodeCertificates()
    {
        var request = new CertificateRequest("CN=fleet", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    public NodeTls Sign(string node)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={node}", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.Create(
            _authority, _authority.NotBefore, _authority.NotAfter, Guid.NewGuid().ToByteArray());
        return new NodeTls(certificate.CopyWithPrivateKey(key), [_authority]);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }
}

using System.Security.Cryptography.X509Certificates;

namespace RelayCluster.Cluster.Connections;

/// <summary>
/// TLS between nodes. Each shows the other its certificate, and takes any that one of the authorities has signed: who
/// has such a certificate is of the fleet. Names in certificates do not count, since addresses of nodes come and go.
/// </summary>
/// <param name="Certificate">This node's, with its private key.</param>
/// <param name="Authorities">Who signs the nodes' certificates.</param>
public sealed record NodeTls(X509Certificate2 Certificate, X509Certificate2Collection Authorities);

using System.Net;
using RelayCluster.Relay;

namespace RelayCluster.Cluster.Placement;

/// <summary>The client of a session that is handed on, as the serving node is told of it.</summary>
/// <param name="Transport">What its bytes are.</param>
/// <param name="EndPoint">Its address and port as text; null if not known.</param>
internal sealed record SessionClient(ClientTransport Transport, string? EndPoint)
{
    public static SessionClient Of(ClientOrigin origin) => new(origin.Transport, origin.EndPoint?.ToString());

    public ClientOrigin ToOrigin() => new(
        EndPoint is not null && IPEndPoint.TryParse(EndPoint, out IPEndPoint? endPoint) ? endPoint : null,
        Transport);
}

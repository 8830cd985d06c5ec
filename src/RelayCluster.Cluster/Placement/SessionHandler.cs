using System.IO.Pipelines;
using RelayCluster.Relay;

namespace RelayCluster.Cluster.Placement;

/// <summary>Serves a session whose client came to another node.</summary>
/// <param name="origin">Where the client comes from, and what its bytes are.</param>
/// <param name="client">Its bytes, untouched.</param>
/// <param name="cancellationToken">This node stops, or the one that the client came to.</param>
public delegate Task SessionHandler(ClientOrigin origin, IDuplexPipe client, CancellationToken cancellationToken);

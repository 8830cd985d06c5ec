namespace RelayCluster.Cluster.Connections;

/// <summary>
/// Serves a connection that another node opened, for as long as it needs; it is disposed then. An
/// <see cref="IOException"/> out of it says that the connection was cut, which is logged and no more.
/// </summary>
/// <param name="connection">The connection; it need not be disposed.</param>
/// <param name="cancellationToken">This node stops.</param>
public delegate Task NodeConnectionHandler(NodeConnection connection, CancellationToken cancellationToken);

namespace RelayCluster.Host.Configuration;

/// <summary>What joins the nodes of a fleet.</summary>
internal enum FabricKind
{
    /// <summary>Nothing: the node is by itself.</summary>
    Local,

    /// <summary>A RabbitMQ broker.</summary>
    RabbitMq,
}

namespace RelayCluster.Host.Configuration;

/// <summary>The fleet that the relay is a node of.</summary>
internal sealed class ClusterOptions
{
    /// <summary>The node's name, unique in the fleet; empty for the machine's.</summary>
    public string NodeName { get; set; } = "";

    /// <summary>What joins the nodes.</summary>
    public FabricKind Fabric { get; set; } = FabricKind.Local;

    /// <summary>The broker, if that joins them.</summary>
    [Secret]
    public Uri Rabbitmq { get; set; } = new("amqp://guest:guest@127.0.0.1:5672");
}

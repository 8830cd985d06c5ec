using RelayCluster.Cluster.Placement;
using RelayCluster.Cluster.RabbitMq;

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
    public BrokerAddress Rabbitmq { get; set; } = BrokerAddress.Default;

    /// <summary>Where sessions live whose clients came to this node.</summary>
    public PlacementMode Placement { get; set; } = PlacementMode.Balanced;

    /// <summary>By how many hundredths of its capacity a node may be fuller than the fleet before it hands on.</summary>
    [Between("0", "100")]
    public int BalanceMargin { get; set; } = 10;

    /// <summary>How long a client may wait for a place on another node.</summary>
    [Between("50ms", "10s")]
    public TimeSpan PlacementTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether clients reach servers of the fleet past the DHT.</summary>
    public bool Shortcut { get; set; } = true;

    public SpliceOptions Splice { get; } = new();
}

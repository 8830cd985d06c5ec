namespace RelayCluster.Cluster.Membership;

/// <summary>How much a node has to do.</summary>
public sealed record NodeLoad
{
    /// <summary>A node with nothing to do.</summary>
    public static NodeLoad None { get; } = new();

    /// <summary>Sessions that are open.</summary>
    public int Sessions { get; init; }

    /// <summary>Sessions that are open or on their way to the node, which is what placement goes by.</summary>
    public int Placed { get; init; }

    /// <summary>How many sessions the node can take.</summary>
    public int Capacity { get; init; }

    /// <summary>Streams of all sessions.</summary>
    public int Streams { get; init; }

    /// <summary>Servers of all sessions.</summary>
    public int Servers { get; init; }

    /// <summary>Lookups, announces and unannounces under way.</summary>
    public int Queries { get; init; }

    /// <summary>Payload relayed a second, both ways together, of late.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>The share of what it can carry that is in use: 0 is idle, 1 is full.</summary>
    public double Load { get; init; }
}

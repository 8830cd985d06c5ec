namespace RelayCluster.Cluster.Fabric;

/// <summary>Who is asked: a node by its name, or the one that owns a key of a region.</summary>
public sealed record FabricAddress
{
    private FabricAddress(string? node, string? region, string? key)
    {
        Node = node;
        Region = region;
        Key = key;
    }

    /// <summary>The node's name; null where the owner of a key is meant.</summary>
    public string? Node { get; }

    /// <summary>The region of the key; null where a node is named.</summary>
    public string? Region { get; }

    /// <summary>The key, any text; null where a node is named.</summary>
    public string? Key { get; }

    /// <summary>The node of that name.</summary>
    public static FabricAddress OfNode(string name) => new(name, null, null);

    /// <summary>The node that owns a key of a region, this one included.</summary>
    public static FabricAddress OfOwner(string region, string key) => new(null, region, key);
}

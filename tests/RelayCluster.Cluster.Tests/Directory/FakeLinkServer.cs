using System.Collections.Concurrent;
using RelayCluster.Dht.Links;
using RelayCluster.Wire;

namespace RelayCluster.Cluster.Tests.Directory;

/// <summary>A server that takes links, and leaves them to the test.</summary>
internal sealed class FakeLinkServer(Fixed32 publicKey) : ILinkServer
{
    public Fixed32 PublicKey => publicKey;

    public bool HasRoom { get; set; } = true;

    public ConcurrentQueue<DhtLink> Links { get; } = new();

    public bool TryAccept(DhtLink link)
    {
        if (HasRoom)
        {
            Links.Enqueue(link);
        }

        return HasRoom;
    }
}

using RelayCluster.Dht.Hyper.Links;
using RelayCluster.Dht.Links;
using RelayCluster.Dht.Tests.Hyper.Connecting;

namespace RelayCluster.Dht.Tests.Hyper.Links;

public sealed class RawStreamOverLinkTests : RawStreamTests
{
    private readonly LinkCarrier _near;
    private readonly LinkCarrier _far;

    public RawStreamOverLinkTests()
        : this(DhtLink.CreatePair(BufferBytes))
    {
    }

    private RawStreamOverLinkTests((DhtLink Near, DhtLink Far) links)
        : this(new LinkCarrier(links.Near, BufferBytes), new LinkCarrier(links.Far, BufferBytes))
    {
    }

    private RawStreamOverLinkTests(LinkCarrier near, LinkCarrier far)
        : base(near, far)
    {
        _near = near;
        _far = far;
    }

    private protected override Task CloseNodeAsync()
    {
        _near.Abandon();
        _far.Abandon();
        return Task.WhenAll(_near.Running, _far.Running);
    }
}

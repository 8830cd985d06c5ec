using RelayCluster.Dht.Links;
using RelayCluster.Relay.Directory;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Directory;

/// <summary>A directory of which the test says what it knows.</summary>
internal sealed class FakeDirectory : IServerDirectory
{
    private readonly Lock _lock = new();
    private readonly List<Fixed32> _known = [];

    /// <summary>The servers that were made known and not taken back, in their order.</summary>
    public IReadOnlyList<Fixed32> Known
    {
        get
        {
            lock (_lock)
            {
                return [.. _known];
            }
        }
    }

    /// <summary>How often a link was asked for.</summary>
    public int Asked { get; private set; }

    /// <summary>What comes of asking for a link.</summary>
    public Func<Fixed32, CancellationToken, Task<DhtLink?>> Open { get; set; } =
        static (_, _) => Task.FromResult<DhtLink?>(null);

    public IDisposable Add(ILinkServer server)
    {
        lock (_lock)
        {
            _known.Add(server.PublicKey);
        }

        return new DirectoryEntry(() =>
        {
            lock (_lock)
            {
                Assert.True(_known.Remove(server.PublicKey));
            }
        });
    }

    public async ValueTask<DhtLink?> OpenAsync(Fixed32 publicKey, CancellationToken cancellationToken = default)
    {
        Asked++;
        return await Open(publicKey, cancellationToken);
    }
}

using RelayCluster.Dht.Links;
using RelayCluster.Relay.Directory;
using RelayCluster.Relay.Tests.Scenarios;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Directory;

public sealed class LocalDirectoryTests
{
    private readonly LocalDirectory _directory = new();

    [Fact]
    public async Task A_server_is_reached_while_it_is_known()
    {
        var server = new TakingServer(FakeNode.Key(1));
        IDisposable entry = _directory.Add(server);

        await using DhtLink? link = await _directory.OpenAsync(FakeNode.Key(1));
        await link!.Pipe.Output.WriteAsync(new byte[] { 1 });
        Assert.Equal(1, (await server.Taken[0].Pipe.Input.ReadAsync()).Buffer.FirstSpan[0]);

        entry.Dispose();
        entry.Dispose();
        Assert.Null(await _directory.OpenAsync(FakeNode.Key(1)));
    }

    [Fact]
    public async Task Of_two_servers_on_a_key_the_one_that_has_room_is_reached()
    {
        var full = new TakingServer(FakeNode.Key(1)) { HasRoom = false };
        var other = new TakingServer(FakeNode.Key(1));
        using IDisposable first = _directory.Add(full);
        using IDisposable second = _directory.Add(other);

        Assert.NotNull(await _directory.OpenAsync(FakeNode.Key(1)));

        Assert.Single(other.Taken);
        other.HasRoom = false;
        await Assert.ThrowsAsync<IOException>(() => _directory.OpenAsync(FakeNode.Key(1)).AsTask());
    }

    [Fact]
    public void A_link_for_a_server_that_is_not_here_is_left_to_its_owner() =>
        Assert.False(_directory.TryAccept(FakeNode.Key(1), DhtLink.CreatePair().Server));

    private sealed class TakingServer(Fixed32 publicKey) : ILinkServer
    {
        public Fixed32 PublicKey => publicKey;

        public bool HasRoom { get; set; } = true;

        public List<DhtLink> Taken { get; } = [];

        public bool TryAccept(DhtLink link)
        {
            if (HasRoom)
            {
                Taken.Add(link);
            }

            return HasRoom;
        }
    }
}

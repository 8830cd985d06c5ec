using RelayCluster.Actors.TestKit;
using RelayCluster.Crypto;
using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Serving;
using RelayCluster.Dht.Hyper.Topics;
using RelayCluster.Dht.Tests.Foreign;
using RelayCluster.Dht.Tests.Hyper.Routing;

namespace RelayCluster.Dht.Tests.Hyper.Serving;

public sealed class AnnouncerTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly VirtualClock _clock = new();
    private readonly KeyPair _keyPair = KeyPair.Generate();
    private readonly FakeAnnounceNetwork _network = new();
    private readonly Announcer _announcer;

    public AnnouncerTests()
    {
        _announcer = new Announcer(_network, new KeyPairSigner(_keyPair), _clock);
    }

    public void Dispose()
    {
        _announcer.Dispose();
        _keyPair.Dispose();
    }

    [Fact]
    public async Task Start_AnnouncesAtTheThreeClosest_StopTakesItBack()
    {
        await _announcer.StartAsync(CancellationToken.None).WaitAsync(Deadline);

        Assert.Equal<byte>([1, 2, 3], _network.Holders);
        Assert.Equal(
            [1, 2, 3],
            _announcer.Relays.Select(r => r.RelayAddress.Address & 0xff).Select(a => (int)a));
        Assert.All(_announcer.Relays, r => Assert.Equal(FakeAnnounceNetwork.SeenAs, r.PeerAddress));
        Assert.Equal(new PeerRecord(_keyPair.PublicKey, []).Encode(), _announcer.Record);

        await _announcer.StopAsync(CancellationToken.None).WaitAsync(Deadline);
        Assert.Empty(_network.Holders);
        Assert.Empty(_announcer.Relays);
    }

    [Fact]
    public async Task Start_NotSignedForANode_LeavesItOut()
    {
        using var keeper = new KeyKeeper(_keyPair) { Signs = announce => !IsFor(announce, 2) };
        using var announcer = new Announcer(_network, keeper, _clock);

        await announcer.StartAsync(CancellationToken.None).WaitAsync(Deadline);

        Assert.Equal<byte>([1, 3], _network.Holders);
        Assert.Equal(2, announcer.Relays.Count);
        await announcer.StopAsync(CancellationToken.None).WaitAsync(Deadline);
        Assert.Empty(_network.Holders);
    }

    [Fact]
    public async Task Stop_WithdrawalIsNotSigned_EndsAllTheSame()
    {
        using var keeper = new KeyKeeper(_keyPair) { Signs = announce => !announce.IsWithdrawal };
        using var announcer = new Announcer(_network, keeper, _clock);
        await announcer.StartAsync(CancellationToken.None).WaitAsync(Deadline);

        await announcer.StopAsync(CancellationToken.None).WaitAsync(Deadline);

        Assert.Equal<byte>([1, 2, 3], _network.Holders);
    }

    [Fact]
    public async Task Start_WhereNobodyIs_TriesAgain()
    {
        _network.Nodes = [];
        await _announcer.StartAsync(CancellationToken.None).WaitAsync(Deadline);
        Assert.Empty(_announcer.Relays);

        _network.Nodes = [7];
        await AdvanceAsync(AnnounceSchedule.PingPeriod);

        await UntilAsync(() => _announcer.Relays.Count == 1);
        await _announcer.StopAsync(CancellationToken.None).WaitAsync(Deadline);
    }

    [Fact]
    public async Task Running_PingsTheNodesAndAnnouncesAnew()
    {
        await _announcer.StartAsync(CancellationToken.None).WaitAsync(Deadline);

        await AdvanceAsync(AnnounceSchedule.PingPeriod);
        await UntilAsync(() => Volatile.Read(ref _network.Pings) == 3);
        Assert.Equal(1, Volatile.Read(ref _network.Searches));

        _network.Nodes = [9, 1, 2, 3];
        await UntilArmedAsync();
        await AdvanceAsync(AnnounceSchedule.RefreshPeriod);
        await UntilAsync(() => _network.Holders.SequenceEqual(new byte[] { 1, 2, 9 }));
        Assert.Equal(
            new byte[] { 1, 2, 3, 4 }.Select(FakeAnnounceNetwork.EndPoint),
            _network.Began);
        await _announcer.StopAsync(CancellationToken.None).WaitAsync(Deadline);
        Assert.Empty(_network.Holders);
    }

    [Fact]
    public async Task Running_ANodeVanishes_AnotherTakesItsPlace()
    {
        await _announcer.StartAsync(CancellationToken.None).WaitAsync(Deadline);

        _network.Nodes = [1, 3, 4];
        await AdvanceAsync(AnnounceSchedule.PingPeriod);

        await UntilAsync(() => _network.Holders.SequenceEqual(new byte[] { 1, 2, 3, 4 }));
        await _announcer.StopAsync(CancellationToken.None).WaitAsync(Deadline);
        Assert.Equal<byte>([2], _network.Holders);
    }

    [Fact]
    public async Task RequestRefresh_AnnouncesAnewAtTheNextTurn()
    {
        await _announcer.StartAsync(CancellationToken.None).WaitAsync(Deadline);

        _announcer.RequestRefresh();
        await AdvanceAsync(AnnounceSchedule.PingPeriod);

        await UntilAsync(() => Volatile.Read(ref _network.Searches) == 2);
        await _announcer.StopAsync(CancellationToken.None).WaitAsync(Deadline);
    }

    [Fact]
    public async Task Start_CancelledWhileAnnouncing_StopTakesBackWhatWasTaken()
    {
        using var cancelling = new CancellationTokenSource();
        int announcements = 0;
        _network.Before = _ =>
            Interlocked.Increment(ref announcements) == 3 ? cancelling.CancelAsync() : Task.CompletedTask;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _announcer.StartAsync(cancelling.Token).WaitAsync(Deadline));
        Assert.Equal<byte>([1, 2], _network.Holders);
        await _announcer.StopAsync(CancellationToken.None).WaitAsync(Deadline);

        Assert.Empty(_network.Holders);
    }

    [Fact]
    public async Task Stop_BeforeTheStart_DoesNothing()
    {
        await _announcer.StopAsync(CancellationToken.None).WaitAsync(Deadline);

        Assert.Equal(0, _network.Searches);
    }

    /// <summary>Lets the announcer arm its timer, then lets it fire.</summary>
    private async Task AdvanceAsync(TimeSpan by)
    {
        await UntilArmedAsync();
        _clock.Advance(by);
    }

    private Task UntilArmedAsync() => UntilAsync(() => _clock.UntilNextTimer is not null);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var stopping = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            stopping.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static bool IsFor(AnnounceToSign announce, byte node) => announce.NodeId == Requests.Key(node);
}

using RelayCluster.Actors.TestKit;
using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;

namespace RelayCluster.Client.Tests.Sessions;

public sealed class HeartbeatTests : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);

    private readonly VirtualClock _clock = new();
    private readonly LogWatch _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task ARelayThatAnswers_IsKept()
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        await using RelayedDht ownedNode = node;
        for (int i = 0; i < 10; i++)
        {
            await AdvanceAsync(Beat);
            Assert.IsType<PingMessage>(await session.ReadAnyAsync());
            await session.SettleAsync();
        }

        Assert.Equal(RelayedDhtState.Connected, node.State);
    }

    [Fact]
    public async Task ARelayThatIsSilentFor45Seconds_IsLost()
    {
        (ScriptedRelay relay, ScriptedSession _, RelayedDht node) = await StartAsync();
        await using ScriptedRelay ownedRelay = relay;
        await using RelayedDht ownedNode = node;
        Task<IDhtServer> listening = node.ListenAsync().AsTask();
        await AdvanceAsync(Beat);
        await AdvanceAsync(Beat);
        await AdvanceAsync(Beat);
        DhtException failure = await Assert.ThrowsAsync<DhtException>(listening.Within);
        Assert.Equal("RELAY_LOST: the relay was silent for 45 s", failure.Message);
    }

    [Fact]
    public async Task WhileNobodyReads_TheRelayHearsSignsOfLifeAndItsSilenceDoesNotCount()
    {
        (ScriptedRelay relay, ScriptedSession session, RelayedDht node) = await StartAsync(bufferBytes: 1);
        await using ScriptedRelay ownedRelay = relay;
        await using RelayedDht ownedNode = node;
        Task<DhtStream> connecting = node.ConnectAsync(default).AsTask();
        await session.OpenAsync(1);
        await using DhtStream stream = await connecting.Within();
        await session.SendDataAsync(1, 1);
        await session.SendDataAsync(1, 2);
        await _log.SeeReadingPausedAsync();
        for (int i = 0; i < 10; i++)
        {
            await AdvanceAsync(Beat);
            Assert.IsType<PongMessage>(await session.ReadAnyAsync());
        }

        Assert.Equal(new byte[] { 1 }, await stream.ReadAsync());
        Assert.Equal(new byte[] { 2 }, await stream.ReadAsync());
        await session.SettleAsync();
        await AdvanceAsync(Beat);
        Assert.IsType<PingMessage>(await session.ReadAnyAsync());
    }

    private Task<(ScriptedRelay Relay, ScriptedSession Session, RelayedDht Node)> StartAsync(
        int bufferBytes = 1024 * 1024) =>
        ScriptedRelay.StartAsync(
            new RelayedDhtOptions { TimeProvider = _clock, BufferBytes = bufferBytes, LoggerFactory = _log });

    /// <summary>Moves time on when the heart waits for it.</summary>
    private async Task AdvanceAsync(TimeSpan by)
    {
        await Deadlines.UntilAsync(() => _clock.UntilNextTimer is not null, "the heart to wait");
        _clock.Advance(by);
    }
}

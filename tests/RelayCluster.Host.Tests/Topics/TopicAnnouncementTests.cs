using RelayCluster.Actors.TestKit;
using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;
using RelayCluster.Host.Topics;

namespace RelayCluster.Host.Tests.Topics;

public sealed class TopicAnnouncementTests : IDisposable
{
    /// <summary>The first nodes forget an announcement after so long.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(13);

    private readonly AnnouncedNode _node = new();
    private readonly KeyPair _keyPair = KeyPair.Generate();
    private readonly VirtualClock _clock = new();
    private readonly CancellationTokenSource _told = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly TopicAnnouncement _announcement;

    public TopicAnnouncementTests()
    {
        var reporter = new Reporter(new CommandTerminal(_output, _error), isJson: false);
        _announcement = new TopicAnnouncement(_node, HexOrHash.Read("chat"), _keyPair, reporter);
    }

    public void Dispose()
    {
        _keyPair.Dispose();
        _told.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task It_is_made_anew_before_anybody_forgets_and_told_once()
    {
        await _announcement.AnnounceAsync(_told.Token);
        Task keeping = _announcement.KeepAsync(_clock, _told.Token);

        _clock.Advance(Memory);
        _clock.Advance(Memory);

        Assert.InRange(_node.Announcements, 3, 10);
        Assert.Equal($"{_keyPair.PublicKey}{Environment.NewLine}", _output.ToString());
        await EndAsync(keeping);
    }

    [Fact]
    public async Task One_that_fails_is_tried_again_before_anybody_forgets()
    {
        await _announcement.AnnounceAsync(_told.Token);
        Task keeping = _announcement.KeepAsync(_clock, _told.Token);
        _node.Fails = true;
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(1, _node.Announcements);

        _node.Fails = false;
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(2, _node.Announcements);
        Assert.StartsWith(
            "not announced anew, trying again: REQUEST_TIMEOUT", _error.ToString(), StringComparison.Ordinal);
        await EndAsync(keeping);
    }

    [Fact]
    public async Task The_first_one_that_fails_is_a_failure()
    {
        _node.Fails = true;

        await Assert.ThrowsAsync<DhtException>(() => _announcement.AnnounceAsync(_told.Token));
    }

    [Fact]
    public async Task It_is_taken_back_at_the_end()
    {
        await _announcement.AnnounceAsync(_told.Token);

        await _announcement.WithdrawBeforeEndAsync();

        Assert.False(_node.IsAnnounced);
        Assert.Equal($"{_keyPair.PublicKey} is no longer announced{Environment.NewLine}", _error.ToString());
    }

    [Fact]
    public async Task That_it_cannot_be_taken_back_does_not_spoil_the_end()
    {
        await _announcement.AnnounceAsync(_told.Token);
        _node.Fails = true;

        await _announcement.WithdrawBeforeEndAsync();

        Assert.StartsWith("not taken back everywhere", _error.ToString(), StringComparison.Ordinal);
    }

    private async Task EndAsync(Task keeping)
    {
        await _told.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => keeping);
    }
}

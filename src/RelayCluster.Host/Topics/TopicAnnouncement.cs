using RelayCluster.Crypto;
using RelayCluster.Dht;
using RelayCluster.Host.Reports;
using RelayCluster.Wire;

namespace RelayCluster.Host.Topics;

/// <summary>
/// An announcement that is kept up: nodes forget one after some twenty minutes, and the nodes closest to the topic come
/// and go, so it is made anew before.
/// </summary>
internal sealed class TopicAnnouncement(IDhtNode node, Fixed32 topic, KeyPair keyPair, Reporter reporter)
{
    /// <summary>Long before anybody forgets, so that a few failures do not matter.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan WithdrawTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Announces once.</summary>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        await ToEndAsync(node.AnnounceAsync(topic, keyPair, cancellationToken));
        reporter.Tell(new AnnouncedReport(topic, keyPair.PublicKey) { IsFirst = true });
    }

    /// <summary>Announces anew from time to time, until it is told to end.</summary>
    public async Task KeepAsync(TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        TimeSpan pause = Interval;
        while (true)
        {
            await Task.Delay(pause, timeProvider, cancellationToken);
            try
            {
                await ToEndAsync(node.AnnounceAsync(topic, keyPair, cancellationToken));
                reporter.Tell(new AnnouncedReport(topic, keyPair.PublicKey));
                pause = Interval;
            }
            catch (DhtException e)
            {
                reporter.Tell(new FaultReport($"not announced anew, trying again: {e.Message}"));
                pause = RetryInterval;
            }
        }
    }

    /// <summary>Takes the announcement back.</summary>
    public async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        await ToEndAsync(node.UnannounceAsync(topic, keyPair, cancellationToken));
        reporter.Tell(new UnannouncedReport(topic, keyPair.PublicKey));
    }

    /// <summary>Takes the announcement back in what time a command has that was told to end.</summary>
    public async Task WithdrawBeforeEndAsync()
    {
        using var limit = new CancellationTokenSource(WithdrawTimeout, TimeProvider.System);
        try
        {
            await WithdrawAsync(limit.Token);
        }
        catch (Exception e) when (e is DhtException or OperationCanceledException)
        {
            reporter.Tell(new FaultReport("not taken back everywhere; nodes forget it within half an hour"));
        }
    }

    private static async Task ToEndAsync(IAsyncEnumerable<LookupReply> replies)
    {
        await foreach (LookupReply _ in replies)
        {
            // Who else announced it is of no interest here.
        }
    }
}

using RelayCluster.Protocol.Channels;

namespace RelayCluster.Relay.Sessions;

/// <summary>
/// The end of a session's channel: closed in order where somebody may be there to see it, under a deadline, else cut.
/// </summary>
internal sealed class ChannelClosing(RelayChannel channel, Func<SessionEnd?> end, TimeProvider timeProvider)
    : IAsyncDisposable
{
    /// <summary>Shorter than the time that a stopping relay has in all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async ValueTask DisposeAsync()
    {
        if (end() is SessionEnd.ConnectionLost or SessionEnd.ClientSilent or SessionEnd.Failed)
        {
            await channel.DisposeAsync().ConfigureAwait(false);
            return;
        }

        using var deadline = new CancellationTokenSource(Patience, timeProvider);
        try
        {
            await channel.CloseAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // CloseAsync has cut it.
        }
    }
}

using RelayCluster.Protocol.Channels;
using RelayCluster.Relay.Buffers;

namespace RelayCluster.Relay.Sessions;

/// <summary>
/// The end of a session's channel: closed in order where somebody may be there to see it, with the reason and behind
/// what is left to say, under a deadline; else cut.
/// </summary>
internal sealed class ChannelClosing(
    RelayChannel channel,
    Outbox outbox,
    Func<SessionFarewell?> farewell,
    TimeProvider timeProvider) : IAsyncDisposable
{
    /// <summary>Shorter than the time that a stopping relay has in all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async ValueTask DisposeAsync()
    {
        if (farewell() is not { } said)
        {
            await channel.DisposeAsync().ConfigureAwait(false);
            return;
        }

        using var deadline = new CancellationTokenSource(Patience, timeProvider);
        try
        {
            if (said.StreamError is not null)
            {
                await outbox.SendRestAsync(channel.SendAsync, deadline.Token).ConfigureAwait(false);
            }

            await channel.CloseAsync(said.Reason, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client does not read, or is gone.
            await channel.DisposeAsync().ConfigureAwait(false);
        }
    }
}

using RelayCluster.Relay.Sessions;

namespace RelayCluster.Relay.Servers;

/// <summary>
/// Where the peers of a server wait until its client can be asked about them. They come on the DHT's threads, several
/// at once, and as soon as the server is announced somewhere; the client can only be asked when it knows that the
/// server listens.
/// </summary>
internal sealed class ServerDoor(SessionScope scope, TimeProvider timeProvider)
{
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pending;

    /// <summary>The client has been told that the server listens.</summary>
    public void Open() => _listening.TrySetResult();

    /// <summary>Asks the client about a peer, when it is the time for it.</summary>
    /// <exception cref="TimeoutException">Too many peers wait, or the server does not get to listen.</exception>
    public async ValueTask<TAnswer> AskAsync<TAnswer>(
        Func<CancellationToken, ValueTask<TAnswer>> ask,
        CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _pending) > scope.Settings.MaxFirewallQuestions)
            {
                throw new TimeoutException("Too many peers wait for the client's word (setting MaxFirewallQuestions)");
            }

            await _listening.Task.WaitAsync(scope.Settings.AnswerTimeout, timeProvider, cancellationToken)
                .ConfigureAwait(false);
            return await ask(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }
}

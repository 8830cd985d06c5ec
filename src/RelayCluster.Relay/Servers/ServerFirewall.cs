using RelayCluster.Dht;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Sessions;

namespace RelayCluster.Relay.Servers;

/// <summary>
/// Asks the client about everybody who wants to connect to one of its servers. Peers come on the DHT's threads, several
/// at once, and as soon as the server is announced somewhere; the client can only be asked when it knows that the
/// server listens.
/// </summary>
/// <param name="scope">The session's.</param>
/// <param name="serverAlias">The relay's alias of the server.</param>
/// <param name="dialect">Tells the generation of payloads that the client reads.</param>
/// <param name="timeProvider">The clock of the time-out.</param>
internal sealed class ServerFirewall(
    SessionScope scope, uint serverAlias, RelayDialect dialect, TimeProvider timeProvider)
{
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pending;

    /// <summary>The client has been told that the server listens.</summary>
    public void Open() => _listening.TrySetResult();

    /// <summary>
    /// Whether a peer may connect. False also when too many wait, and when the client does not answer.
    /// </summary>
    /// <exception cref="OperationCanceledException">The server is closing.</exception>
    public async ValueTask<bool> AdmitAsync(DhtClient client, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(scope.Settings.AnswerTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return Interlocked.Increment(ref _pending) <= scope.Settings.MaxFirewallQuestions
                && await AskAsync(client, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    private async ValueTask<bool> AskAsync(DhtClient client, CancellationToken cancellationToken)
    {
        await _listening.Task.WaitAsync(cancellationToken).ConfigureAwait(false);

        // No client has asked for these messages, so they wait until there is room for them.
        await scope.Outbox.Control.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
        uint id = scope.NextId();
        ReadOnlyMemory<byte> payload =
            dialect == RelayDialect.Web4 ? client.EncodeNoisePayload5() : client.NoisePayload;
        var incoming = new IncomingMessage(id, serverAlias, client.PublicKey, payload);
        return await scope.Questions.AskAsync(id, () => scope.Outbox.Post(incoming), cancellationToken)
            .ConfigureAwait(false);
    }
}

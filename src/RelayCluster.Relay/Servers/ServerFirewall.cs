using RelayCluster.Dht;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Sessions;

namespace RelayCluster.Relay.Servers;

/// <summary>
/// Asks the client about everybody who wants to connect to a server whose handshakes the relay makes.
/// </summary>
/// <param name="scope">The session's.</param>
/// <param name="listen">What the client asked for.</param>
/// <param name="serverAlias">The relay's alias of the server.</param>
/// <param name="dialect">Tells the generation of payloads that the client reads.</param>
/// <param name="door">Where peers wait until the client can be asked.</param>
internal sealed class ServerFirewall(
    SessionScope scope,
    ListenMessage listen,
    uint serverAlias,
    RelayDialect dialect,
    ServerDoor door)
{
    /// <summary>
    /// Whether a peer may connect. False also if the policy does not want it, when too many wait, and when the client
    /// does not answer.
    /// </summary>
    /// <exception cref="OperationCanceledException">The server is closing.</exception>
    public async ValueTask<bool> AdmitAsync(DhtClient client, CancellationToken cancellationToken)
    {
        if (scope.Policy.Knock(listen.PublicKey, client.PublicKey) is { } refusal)
        {
            scope.Refusals.Refuse(client.PublicKey, listen.Alias, refusal);
            return false;
        }

        try
        {
            return await door.AskAsync(stopping => AskAsync(client, stopping), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async ValueTask<bool> AskAsync(DhtClient client, CancellationToken cancellationToken)
    {
        uint id = scope.NextId();
        ReadOnlyMemory<byte> payload =
            dialect == RelayDialect.Web4 ? client.EncodeNoisePayload5() : client.NoisePayload;
        var incoming = new IncomingMessage(id, serverAlias, client.PublicKey, payload);
        return await scope.Questions.AskAsync(id, incoming, cancellationToken).ConfigureAwait(false) is AcceptMessage;
    }
}

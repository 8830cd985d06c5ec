using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Servers;
using RelayCluster.Relay.Sessions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Questions;

/// <summary>
/// A client that listens, and keeps its secret key: it makes the handshakes, and whom it does not let in it does not
/// answer.
/// </summary>
/// <param name="scope">The session's.</param>
/// <param name="listen">What the client asked for.</param>
/// <param name="serverAlias">The relay's alias of the server.</param>
/// <param name="door">Where peers wait until the client can be asked about them.</param>
internal sealed class AskedServer(SessionScope scope, ListenMessage listen, uint serverAlias, ServerDoor door)
    : IForeignIdentity
{
    public Fixed32 PublicKey => listen.PublicKey;

    public IForeignHandshake BeginHandshake() => new AskedResponder(scope, listen, serverAlias, door);
}

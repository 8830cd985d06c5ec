using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Sessions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Questions;

/// <summary>A client that dials, and keeps its secret key: it makes the handshake.</summary>
internal sealed class AskedCaller(SessionScope scope, ConnectMessage connect) : IForeignIdentity
{
    public Fixed32 PublicKey => connect.PublicKey;

    public IForeignHandshake BeginHandshake() => new AskedInitiator(scope, connect);
}

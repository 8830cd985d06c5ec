using Microsoft.AspNetCore.Connections;
using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Embedder;

/// <summary>The door for TCP clients.</summary>
internal sealed class SharingTcpEndpoint(SharingServer server) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        using KeyPair keyPair = KeyPair.Generate();
        SecretStream stream = await SecretStream.HandshakeAsync(
            connection.Transport, isInitiator: false, keyPair, cancellationToken: connection.ConnectionClosed);
        await server.ServeAsync(new SecretStreamTransport(stream, "a TCP socket"), connection.ConnectionClosed);
    }
}

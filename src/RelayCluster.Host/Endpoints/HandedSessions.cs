using System.IO.Pipelines;
using RelayCluster.Host.Hosting;
using RelayCluster.Relay;

namespace RelayCluster.Host.Endpoints;

/// <summary>Sessions that live here while their clients came to another node of the fleet.</summary>
internal sealed class HandedSessions(RelayService relay, TcpSessions tcp, WebSocketSessions webSockets)
{
    /// <summary>Serves one client for as long as it stays, and both nodes do.</summary>
    public async Task ServeAsync(ClientOrigin origin, IDuplexPipe client, CancellationToken cancellationToken)
    {
        if (!await relay.WaitUntilReadyAsync(cancellationToken))
        {
            return;
        }

        if (origin.Transport == ClientTransport.WebSocket)
        {
            await webSockets.ServeAsync(client, origin, cancellationToken);
        }
        else
        {
            await tcp.ServeAsync(client, origin, cancellationToken, cancellationToken);
        }
    }
}

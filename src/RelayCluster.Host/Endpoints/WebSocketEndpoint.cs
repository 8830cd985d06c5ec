using System.Net;
using RelayCluster.Cluster.Placement;
using RelayCluster.Host.Hosting;
using RelayCluster.Relay;

namespace RelayCluster.Host.Endpoints;

/// <summary>
/// The door for WebSocket clients, at <c>/</c>. Of a client whose session lives on another node, this one answers the
/// handshake, and TLS ends here; the WebSocket itself ends there.
/// </summary>
internal sealed class WebSocketEndpoint(RelayService relay, WebSocketSessions sessions)
{
    /// <summary>Serves one client for as long as it stays.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "websocket";
            await context.Response.WriteAsync("This is a relay for HyperDHT; it is spoken to by WebSocket.\n");
            return;
        }

        ClientOrigin origin = OriginOf(context.Connection);
        await using SessionPlace? place = await relay.PlaceAsync(origin, context.RequestAborted);
        if (place is null)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        if (place.IsHere)
        {
            await sessions.ServeAsync(context, origin);
        }
        else
        {
            await place.CarryAsync(await WebSocketUpgrade.AcceptAsync(context), context.Abort, relay.Stopping);
        }
    }

    private static ClientOrigin OriginOf(ConnectionInfo connection) => new(
        connection.RemoteIpAddress is { } address ? new IPEndPoint(address, connection.RemotePort) : null,
        ClientTransport.WebSocket);
}

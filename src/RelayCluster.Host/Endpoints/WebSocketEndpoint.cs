using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hosting;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay;

namespace RelayCluster.Host.Endpoints;

/// <summary>
/// The door for WebSocket clients, at <c>/</c>. Compression stays off: what goes through is encrypted for the most
/// part. Pings stay off too: the protocol has its own.
/// </summary>
internal sealed class WebSocketEndpoint
{
    private static readonly WebSocketAcceptContext Accept = new()
    {
        DangerousEnableCompression = false,
        KeepAliveInterval = TimeSpan.Zero,
    };

    private readonly RelayService _relay;
    private readonly WebSocketTransportOptions _options;

    public WebSocketEndpoint(RelayService relay, IOptions<ServeOptions> options)
    {
        _relay = relay;
        _options = CoreOptions.ForWebSocket(options.Value);
    }

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

        if (!await _relay.WaitUntilReadyAsync(context.RequestAborted))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(Accept);
        ClientOrigin origin = OriginOf(context.Connection);
        await _relay.ServeAsync(new WebSocketTransport(socket, origin.ToString(), _options), origin);
    }

    private static ClientOrigin OriginOf(ConnectionInfo connection) => new(
        connection.RemoteIpAddress is { } address ? new IPEndPoint(address, connection.RemotePort) : null,
        ClientTransport.WebSocket);
}

using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hosting;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay;

namespace RelayCluster.Host.Endpoints;

/// <summary>
/// Sessions of WebSocket clients, whether they came to this node or to another. Compression stays off: what goes through
/// is encrypted for the most part. Pings stay off too: the protocol has its own.
/// </summary>
internal sealed class WebSocketSessions(RelayService relay, IOptions<ServeOptions> options)
{
    private static readonly WebSocketAcceptContext Accept = new()
    {
        DangerousEnableCompression = false,
        KeepAliveInterval = TimeSpan.Zero,
    };

    private static readonly WebSocketCreationOptions OfOtherNode = new()
    {
        IsServer = true,
        KeepAliveInterval = TimeSpan.Zero,
    };

    private readonly WebSocketTransportOptions _options = CoreOptions.ForWebSocket(options.Value);

    /// <summary>Serves a client that came to this node, for as long as it stays.</summary>
    public async Task ServeAsync(HttpContext context, ClientOrigin origin)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(Accept);
        await relay.ServeAsync(new WebSocketTransport(socket, origin.ToString(), _options), origin);
    }

    /// <summary>Serves a client that came to another node, which has answered the handshake, and no more.</summary>
    /// <param name="client">Its bytes.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="closing">Closes the session in order.</param>
    public async Task ServeAsync(IDuplexPipe client, ClientOrigin origin, CancellationToken closing)
    {
        using WebSocket socket = WebSocket.CreateFromStream(new DuplexStream(client), OfOtherNode);
        await relay.ServeAsync(new WebSocketTransport(socket, origin.ToString(), _options), origin, closing);
    }
}

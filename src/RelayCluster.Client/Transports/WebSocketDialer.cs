using System.Net.WebSockets;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Client.Transports;

/// <summary>Reaches a relay over a WebSocket.</summary>
internal sealed class WebSocketDialer(Uri relay, TimeProvider timeProvider)
{
    /// <exception cref="IOException">The relay cannot be reached, or is none.</exception>
    public async ValueTask<IMessageTransport> DialAsync(CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(relay, cancellationToken).ConfigureAwait(false);
            return new WebSocketTransport(socket, relay.Authority, null, timeProvider);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is WebSocketException)
            {
                throw new IOException(e.Message, e);
            }

            throw;
        }
    }
}

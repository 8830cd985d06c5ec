using System.Net.WebSockets;
using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Sharing;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay;
using RelayCluster.Wire;
using RelayCluster.Wire.Protomux;

namespace RelayCluster.Embedder;

/// <summary>
/// Serves two protocols on every connection: the relay's, and one that says back whatever it is told.
/// </summary>
internal sealed class SharingServer(RelayServer relay)
{
    private static readonly MuxChannelOptions Echo = new() { Protocol = "echo", MessageTypes = 1 };

    public async Task ServeAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        await ServeAsync(new WebSocketTransport(socket, "a WebSocket"), context.RequestAborted);
    }

    public async Task ServeAsync(IMessageTransport transport, CancellationToken cancellationToken)
    {
        await using var mux = new SharedMux(transport);
        SharedChannel echo = mux.Open(Echo)!;
        ValueTask<RelayChannel?> accepting = RelayChannel.AcceptAsync(mux, cancellationToken);
        Task running = mux.RunAsync(cancellationToken);
        Task echoing = EchoAsync(echo);
        try
        {
            if (await accepting is { } channel)
            {
                await relay.ServeAsync(channel, cancellationToken);
            }

            await mux.CloseAsync(cancellationToken);
            await Task.WhenAll(running, echoing);
        }
        catch (Exception e) when (e is IOException or ProtocolException or OperationCanceledException)
        {
            Console.WriteLine($"a connection ended: {e.Message}");
        }
    }

    private static async Task EchoAsync(SharedChannel echo)
    {
        while (await echo.ReadAsync() is { } message)
        {
            using (message)
            {
                await echo.SendAsync(message.Type, message.Payload.Memory);
            }
        }
    }
}

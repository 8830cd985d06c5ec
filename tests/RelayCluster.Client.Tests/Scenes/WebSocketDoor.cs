using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Client.Tests.Scenes;

/// <summary>Lets WebSocket clients in to the relay of a scene.</summary>
internal sealed class WebSocketDoor : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly RelayScene _scene;
    private readonly Task _accepting;

    public WebSocketDoor(RelayScene scene)
    {
        _scene = scene;
        int port = FindPort();
        Address = new Uri($"ws://127.0.0.1:{port}");
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _accepting;
    }

    // the listener cannot choose one itself
    private static int FindPort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext request = await _listener.GetContextAsync();
                HttpListenerWebSocketContext context = await request.AcceptWebSocketAsync(subProtocol: null);
                _scene.Serve(new WebSocketTransport(context.WebSocket, "client"));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or WebSocketException)
        {
            // closed
        }
    }
}

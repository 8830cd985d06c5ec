using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Client.Tests.Scenes;

/// <summary>Lets WebSocket clients in to the relay of a scene.</summary>
internal sealed class WebSocketDoor : IAsyncDisposable
{
    private readonly WebApplication _server;

    private WebSocketDoor(WebApplication server, RelayScene scene)
    {
        _server = server;
        _server.UseWebSockets();
        _server.Run(async context =>
        {
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            await scene.Serve(new WebSocketTransport(socket, "client"));
        });
    }

    public Uri Address => new UriBuilder(Assert.Single(_server.Urls)) { Scheme = "ws" }.Uri;

    public static async Task<WebSocketDoor> OpenAsync(RelayScene scene)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        WebApplication server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        var door = new WebSocketDoor(server, scene);
        await server.StartAsync();
        return door;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

using System.Net;
using Microsoft.AspNetCore.Connections;
using RelayCluster.Dht.Hyper;
using RelayCluster.Embedder;
using RelayCluster.Relay;

// A program that has a relay in it beside a protocol of its own: a client's one connection carries both. The
// JavaScript tests start it like a relay, and learn from its output in the same words where it listens.
await using Testnet testnet = await Testnet.StartAsync();
await using DhtNode node = await testnet.CreateNodeAsync();
using ILoggerFactory logs = LoggerFactory.Create(static logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Debug));
await using var relay = new RelayServer(node, new RelayOptions(), TimeProvider.System, logs);

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Services.AddSingleton(new SharingServer(relay));
builder.WebHost.ConfigureKestrel(static kestrel =>
{
    kestrel.Listen(IPAddress.Loopback, 0);
    kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.UseConnectionHandler<SharingTcpEndpoint>());
});
await using WebApplication app = builder.Build();
app.UseWebSockets();
app.Map("/", static (HttpContext context, SharingServer server) => server.ServeAsync(context));
await app.StartAsync();

string[] addresses = [.. app.Urls.Select(static url => new Uri(url).Authority)];
Console.WriteLine($"listening for WebSocket clients on ws://{addresses[0]}");
Console.WriteLine($"listening for TCP clients on tcp://{addresses[^1]}");
Console.WriteLine($"testnet is up, bootstrap: {string.Join(' ', testnet.Bootstrap)}");
await app.WaitForShutdownAsync();

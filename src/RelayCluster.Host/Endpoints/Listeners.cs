using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Proxies;

namespace RelayCluster.Host.Endpoints;

/// <summary>
/// Opens the ports and tells where they are. Kestrel's limits are set for strangers on one side and many idle
/// sessions on the other: short headers, no request bodies, and small buffers, since the relay has its own budget for
/// what a session may hold.
/// </summary>
internal sealed partial class Listeners : IConfigureOptions<KestrelServerOptions>, IHostedLifecycleService
{
    private const int SocketBufferBytes = 64 * 1024;

    private readonly ServeOptions _options;
    private readonly TrustedProxies _proxies;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<Listeners> _logger;
    private ListenOptions? _webSocket;
    private ListenOptions? _tcp;

    public Listeners(
        IOptions<ServeOptions> options,
        TrustedProxies proxies,
        TimeProvider timeProvider,
        ILogger<Listeners> logger)
    {
        _options = options.Value;
        _proxies = proxies;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    /// <summary>Where WebSocket clients connect to, once the application runs.</summary>
    public IPEndPoint WebSocketEndPoint => _webSocket!.IPEndPoint!;

    /// <summary>Where TCP clients connect to, once the application runs.</summary>
    public IPEndPoint TcpEndPoint => _tcp!.IPEndPoint!;

    /// <summary>Both as URIs, once the application runs.</summary>
    public IReadOnlyList<string> Addresses => [$"{WebSocketScheme}://{WebSocketEndPoint}", $"tcp://{TcpEndPoint}"];

    private string WebSocketScheme => UsesTls ? "wss" : "ws";

    private bool UsesTls => _options.Tls.Certificate.Length > 0;

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = _options.Limits.Sessions + _options.Limits.Connecting;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestBufferSize = SocketBufferBytes;
        kestrel.Limits.MaxResponseBufferSize = SocketBufferBytes;
        kestrel.Limits.RequestHeadersTimeout = _options.Limits.HandshakeTimeout;
        kestrel.Limits.KeepAliveTimeout = _options.Limits.HandshakeTimeout;

        kestrel.Listen(_options.Host, _options.WsPort, listen =>
        {
            // A WebSocket over HTTP/2 would save nothing here, and costs a session more memory.
            listen.Protocols = HttpProtocols.Http1;
            UseProxyProtocol(listen, _options.ProxyProtocol.Ws);
            if (UsesTls)
            {
                listen.UseHttps(TlsCertificate.Load(_options.Tls));
            }

            _webSocket = listen;
        });
        kestrel.Listen(_options.Host, _options.TcpPort, listen =>
        {
            UseProxyProtocol(listen, _options.ProxyProtocol.Tcp);
            listen.UseConnectionHandler<TcpEndpoint>();
            _tcp = listen;
        });
    }

    /// <summary>Logs the addresses: by now they are bound, and port 0 has become a port.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Log.WebSocket(_logger, WebSocketScheme, WebSocketEndPoint.ToString());
        Log.Tcp(_logger, TcpEndPoint.ToString());
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void UseProxyProtocol(ListenOptions listen, bool isOn)
    {
        if (isOn)
        {
            TimeSpan patience = _options.Limits.HandshakeTimeout;
            listen.Use(new ProxyProtocol(_proxies, patience, _timeProvider, _logger).Use);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9020, LogLevel.Information, "listening for WebSocket clients on {Scheme}://{EndPoint}")]
        public static partial void WebSocket(ILogger logger, string scheme, string endPoint);

        [LoggerMessage(9021, LogLevel.Information, "listening for TCP clients on tcp://{EndPoint}")]
        public static partial void Tcp(ILogger logger, string endPoint);
    }
}

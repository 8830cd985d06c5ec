using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hosting;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay;
using RelayCluster.Wire;

namespace RelayCluster.Host.Endpoints;

/// <summary>
/// The door for TCP clients: an encrypted stream on each connection, for which the client shakes hands first. The
/// relay's key is made at the start and says nothing: clients take any.
/// </summary>
internal sealed partial class TcpEndpoint : ConnectionHandler, IDisposable
{
    private readonly RelayService _relay;
    private readonly ConnectionEnd _end;
    private readonly SecretStreamOptions _options;
    private readonly TimeSpan _handshakeTimeout;
    private readonly ILogger<TcpEndpoint> _logger;
    private readonly KeyPair _keyPair = KeyPair.Generate();

    public TcpEndpoint(
        RelayService relay,
        ConnectionEnd end,
        IOptions<ServeOptions> options,
        ILogger<TcpEndpoint> logger)
    {
        _relay = relay;
        _end = end;
        _options = CoreOptions.ForSecretStream(options.Value);
        _handshakeTimeout = options.Value.Limits.HandshakeTimeout;
        _logger = logger;
    }

    /// <summary>Serves one client for as long as it stays.</summary>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var origin = new ClientOrigin(connection.RemoteEndPoint as IPEndPoint, ClientTransport.Tcp);
        if (await ShakeHandsAsync(connection, origin) is { } stream)
        {
            await _relay.ServeAsync(new SecretStreamTransport(stream, origin.ToString()), origin);
            await _end.CloseAsync(connection);
        }
    }

    public void Dispose() => _keyPair.Dispose();

    private async Task<SecretStream?> ShakeHandsAsync(ConnectionContext connection, ClientOrigin origin)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(
            connection.ConnectionClosed, _relay.Stopping);
        patience.CancelAfter(_handshakeTimeout);
        try
        {
            return await _relay.WaitUntilReadyAsync(patience.Token)
                ? await SecretStream.HandshakeAsync(
                    connection.Transport, isInitiator: false, _keyPair, _options, patience.Token)
                : null;
        }
        catch (Exception e) when (e is ProtocolException or IOException or OperationCanceledException)
        {
            Log.HandshakeFailed(_logger, origin.ToString(), e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9022, LogLevel.Debug, "{RemoteEndPoint} did not become a client: {Reason}")]
        public static partial void HandshakeFailed(ILogger logger, string remoteEndPoint, string reason);
    }
}

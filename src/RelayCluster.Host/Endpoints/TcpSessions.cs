using System.IO.Pipelines;
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
/// Sessions of TCP clients, whether they came to this node or to another: an encrypted stream, for which the client
/// shakes hands first. The relay's key is made at the start and says nothing: clients take any.
/// </summary>
internal sealed partial class TcpSessions : IDisposable
{
    private readonly RelayService _relay;
    private readonly SecretStreamOptions _options;
    private readonly TimeSpan _handshakeTimeout;
    private readonly ILogger<TcpSessions> _logger;
    private readonly KeyPair _keyPair = KeyPair.Generate();

    public TcpSessions(RelayService relay, IOptions<ServeOptions> options, ILogger<TcpSessions> logger)
    {
        _relay = relay;
        _options = CoreOptions.ForSecretStream(options.Value);
        _handshakeTimeout = options.Value.Limits.HandshakeTimeout;
        _logger = logger;
    }

    /// <summary>Serves one client for as long as it stays.</summary>
    /// <param name="client">Its bytes.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="closed">Cancelled when it has gone, or is to go.</param>
    /// <param name="closing">Closes the session in order.</param>
    /// <returns>Whether there was a session.</returns>
    public async Task<bool> ServeAsync(
        IDuplexPipe client,
        ClientOrigin origin,
        CancellationToken closed,
        CancellationToken closing = default)
    {
        if (await ShakeHandsAsync(client, origin, closed) is not { } stream)
        {
            return false;
        }

        await _relay.ServeAsync(new SecretStreamTransport(stream, origin.ToString()), origin, closing);
        return true;
    }

    public void Dispose() => _keyPair.Dispose();

    private async Task<SecretStream?> ShakeHandsAsync(
        IDuplexPipe client,
        ClientOrigin origin,
        CancellationToken closed)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(closed, _relay.Stopping);
        patience.CancelAfter(_handshakeTimeout);
        try
        {
            return await SecretStream.HandshakeAsync(client, isInitiator: false, _keyPair, _options, patience.Token);
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

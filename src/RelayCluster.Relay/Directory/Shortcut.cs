using Microsoft.Extensions.Logging;
using RelayCluster.Dht;
using RelayCluster.Dht.Links;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Questions;
using RelayCluster.Relay.Sessions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Directory;

/// <summary>
/// The way of a client's connect past the DHT, where the directory knows the server. A way that turns out to be none has
/// cost a little time; a server that refuses has been asked, and is not asked again through the DHT.
/// </summary>
internal sealed partial class Shortcut(SessionScope scope, ConnectMessage connect)
{
    /// <summary>Connects; null if the server is to be sought through the DHT.</summary>
    /// <exception cref="DhtException">The server refuses, or does not answer though it is there.</exception>
    public async ValueTask<DhtStream?> ConnectAsync(DhtConnectOptions options, CancellationToken cancellationToken)
    {
        if (scope.Directory is not { } directory || scope.LinkNode is not { } node)
        {
            return null;
        }

        try
        {
            if (await directory.OpenAsync(connect.RemotePublicKey, cancellationToken).ConfigureAwait(false)
                is not { } link)
            {
                return null;
            }

            if (await ConnectAsync(node, link, options, cancellationToken).ConfigureAwait(false) is { } stream)
            {
                scope.Metrics.Joined("ok");
                return stream;
            }
        }
        catch (IOException e)
        {
            Log.NoLink(scope.Logger, scope.SessionId, connect.Alias, e.Message);
        }
        catch (DhtException)
        {
            scope.Metrics.Joined("refused");
            throw;
        }

        scope.Metrics.Joined("fallen_back");
        Log.FallenBack(scope.Logger, scope.SessionId, connect.Alias, connect.RemotePublicKey);
        return null;
    }

    private ValueTask<DhtStream?> ConnectAsync(
        ILinkNode node,
        DhtLink link,
        DhtConnectOptions options,
        CancellationToken cancellationToken) => connect.IsCustodial
            ? node.ConnectAsync(link, connect.RemotePublicKey, options, cancellationToken)
            : node.ConnectAsync(
                link, connect.RemotePublicKey, new AskedCaller(scope, connect), options, cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(
            5100,
            LogLevel.Debug,
            "Session {SessionId} stream {Alias}: {RemotePublicKey} is sought through the DHT after all")]
        public static partial void FallenBack(
            ILogger logger, string sessionId, uint alias, Fixed32 remotePublicKey);

        [LoggerMessage(5101, LogLevel.Debug, "Session {SessionId} stream {Alias}: no link to the server: {Reason}")]
        public static partial void NoLink(ILogger logger, string sessionId, uint alias, string reason);
    }
}

using System.Diagnostics;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Administration;
using RelayCluster.Relay.Directory;
using RelayCluster.Relay.Questions;
using RelayCluster.Relay.Sessions;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Streams;

/// <summary>
/// A stream that the client asked for: dialled when it is the stream's turn, with the client's key or by its help; past
/// the DHT, where the directory knows the server.
/// </summary>
internal sealed class DialledStream(SessionScope scope, ConnectMessage connect, TimeProvider timeProvider)
    : StreamOrigin
{
    public override StreamDirection Direction => StreamDirection.Dialled;

    public override Fixed32 RemotePublicKey => connect.RemotePublicKey;

    public override uint Alias => connect.Alias;

    /// <summary>
    /// A client that keeps its key writes the header of its secret stream as soon as it hears of the stream. If it does
    /// not, it has given up before: npm clients do not tell.
    /// </summary>
    public override bool AwaitsClient => !connect.IsCustodial;

    public override async ValueTask<DhtStream> OpenAsync(CancellationToken cancellationToken)
    {
        using Activity? span = RelayTraces.Start("connect", scope.SessionId, connect.Alias);
        span?.SetTag("peer.public_key", connect.RemotePublicKey.ToString());
        long started = timeProvider.GetTimestamp();
        try
        {
            DhtStream stream = await DialAsync(cancellationToken).ConfigureAwait(false);
            scope.Metrics.Dialled(timeProvider.GetElapsedTime(started), "ok");
            return stream;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            span.Fail(exception);
            string result = exception is DhtException known ? known.Code : "error";
            scope.Metrics.Dialled(timeProvider.GetElapsedTime(started), result);
            throw;
        }
    }

    public override RelayMessage Announce(uint alias, DhtStream stream) =>
        new OpenMessage(alias, connect.Alias, stream.HandshakeHash, HandshakeIdOf(stream));

    public override void Dispose() => connect.Dispose();

    private async ValueTask<DhtStream> DialAsync(CancellationToken cancellationToken)
    {
        await scope.Dials.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var options = new DhtConnectOptions { KeyPair = connect.KeyPair, Buffers = scope.Transports };
            if (await new Shortcut(scope, connect).ConnectAsync(options, cancellationToken).ConfigureAwait(false)
                is { } joined)
            {
                return joined;
            }

            ValueTask<DhtStream> dialling = connect.IsCustodial
                ? scope.Node.ConnectAsync(connect.RemotePublicKey, options, cancellationToken)
                : scope.KeylessNode!.ConnectAsync(
                    connect.RemotePublicKey, new AskedCaller(scope, connect), options, cancellationToken);
            return await dialling.ConfigureAwait(false);
        }
        finally
        {
            scope.Dials.Release();
        }
    }
}

using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Sessions;

namespace RelayCluster.Relay.Streams;

/// <summary>A stream that the client asked for: dialled when it is the stream's turn, with the client's key.</summary>
internal sealed class DialledStream(SessionScope scope, ConnectMessage connect, TimeProvider timeProvider)
    : StreamOrigin
{
    public override uint Alias => connect.Alias;

    public override bool IsNewsToClient => false;

    public override int TakeTransport(SessionScope scope) => scope.Transports.Take();

    public override async ValueTask<DhtStream> OpenAsync(int transportBytes, CancellationToken cancellationToken)
    {
        long started = timeProvider.GetTimestamp();
        try
        {
            DhtStream stream = await DialAsync(transportBytes, cancellationToken).ConfigureAwait(false);
            scope.Metrics.Dialled(timeProvider.GetElapsedTime(started), "ok");
            return stream;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            string result = exception is DhtException known ? known.Code : "error";
            scope.Metrics.Dialled(timeProvider.GetElapsedTime(started), result);
            throw;
        }
    }

    public override RelayMessage Announce(uint alias, DhtStream stream) =>
        new OpenMessage(alias, connect.Alias, stream.HandshakeHash, HandshakeId: 0);

    public override void Dispose() => connect.Dispose();

    private async ValueTask<DhtStream> DialAsync(int transportBytes, CancellationToken cancellationToken)
    {
        await scope.Dials.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var options = new DhtConnectOptions { KeyPair = connect.KeyPair, BufferBytes = transportBytes };
            return await scope.Node.ConnectAsync(connect.RemotePublicKey, options, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            scope.Dials.Release();
        }
    }
}

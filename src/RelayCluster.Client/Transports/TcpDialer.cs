using System.Net.Sockets;
using RelayCluster.Crypto;
using RelayCluster.Crypto.SecretStreams;
using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Client.Transports;

/// <summary>
/// Reaches a relay over TCP, in a secret stream of the dialect's time. Neither side's key there says who it is: this
/// side's is new each time, and any of the relay's will do.
/// </summary>
internal sealed class TcpDialer(Uri relay, RelayDialect dialect, TimeProvider timeProvider)
{
    /// <exception cref="IOException">The relay cannot be reached.</exception>
    /// <exception cref="Wire.ProtocolException">What answers there is none.</exception>
    public async ValueTask<IMessageTransport> DialAsync(CancellationToken cancellationToken)
    {
        var options = new SecretStreamOptions
        {
            Generation = dialect == RelayDialect.Web4 ? StreamGeneration.Version5 : StreamGeneration.Current,
            TimeProvider = timeProvider,
        };
        using KeyPair keyPair = KeyPair.Generate();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(relay.IdnHost, relay.Port, cancellationToken).ConfigureAwait(false);
            SecretStream stream = await SecretStream
                .HandshakeAsync(new SocketPipe(socket), isInitiator: true, keyPair, options, cancellationToken)
                .ConfigureAwait(false);
            return new TcpTransport(socket, stream, relay.Authority, timeProvider);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException)
            {
                throw new IOException(e.Message, e);
            }

            throw;
        }
    }
}

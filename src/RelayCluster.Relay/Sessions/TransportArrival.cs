using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Relay.Sessions;

/// <summary>A client on a connection of its own, which has said nothing yet.</summary>
internal sealed class TransportArrival(IMessageTransport transport, ClientOrigin origin) : IClientArrival
{
    public string RemoteEndPoint => transport.RemoteEndPoint;

    public ClientOrigin Origin => origin;

    public ValueTask<RelayChannel?> AcceptAsync(CancellationToken cancellationToken) =>
        RelayChannel.AcceptAsync(transport, cancellationToken: cancellationToken);

    public ValueTask TurnAwayAsync(CloseReason reason) => transport.CloseAsync(reason);
}

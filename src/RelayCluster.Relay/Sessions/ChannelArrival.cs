using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Relay.Sessions;

/// <summary>A client whose channel is open already.</summary>
internal sealed class ChannelArrival(RelayChannel channel, ClientOrigin origin) : IClientArrival
{
    public string RemoteEndPoint => channel.RemoteEndPoint;

    public ClientOrigin Origin => origin;

    public ValueTask<RelayChannel?> AcceptAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<RelayChannel?>(channel);

    public ValueTask TurnAwayAsync(CloseReason reason) => channel.CloseAsync(reason);
}

using RelayCluster.Protocol.Channels;
using RelayCluster.Protocol.Transports;

namespace RelayCluster.Relay.Sessions;

/// <summary>A client at the door: the way to it, which may still have to be opened.</summary>
internal interface IClientArrival
{
    /// <summary>Who it is, for logs.</summary>
    string RemoteEndPoint { get; }

    /// <summary>Where it comes from.</summary>
    ClientOrigin Origin { get; }

    /// <summary>The open channel, which is the caller's then; null if the client goes before.</summary>
    ValueTask<RelayChannel?> AcceptAsync(CancellationToken cancellationToken);

    /// <summary>Closes the way instead, and says why where there is a place for that.</summary>
    ValueTask TurnAwayAsync(CloseReason reason);
}

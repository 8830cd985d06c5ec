using RelayCluster.Protocol.Channels;

namespace RelayCluster.Relay.Sessions;

/// <summary>A client at the door: the way to it, which may still have to be opened. Disposed only if it is not let
/// in.</summary>
internal interface IClientArrival : IAsyncDisposable
{
    /// <summary>Who it is, for logs.</summary>
    string RemoteEndPoint { get; }

    /// <summary>Where it comes from.</summary>
    ClientOrigin Origin { get; }

    /// <summary>The open channel, which is the caller's then; null if the client goes before.</summary>
    ValueTask<RelayChannel?> AcceptAsync(CancellationToken cancellationToken);
}

using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using RelayCluster.Cluster.Placement;
using RelayCluster.Host.Configuration;
using RelayCluster.Host.Hosting;
using RelayCluster.Relay;

namespace RelayCluster.Host.Endpoints;

/// <summary>
/// The door for TCP clients. Of a client whose session lives on another node, nothing is read here: its bytes go there
/// as they are, and the encryption ends there.
/// </summary>
internal sealed class TcpEndpoint : ConnectionHandler
{
    private readonly RelayService _relay;
    private readonly TcpSessions _sessions;
    private readonly ConnectionEnd _end;
    private readonly TimeSpan _patience;

    public TcpEndpoint(
        RelayService relay,
        TcpSessions sessions,
        ConnectionEnd end,
        IOptions<ServeOptions> options)
    {
        _relay = relay;
        _sessions = sessions;
        _end = end;
        _patience = options.Value.Limits.HandshakeTimeout;
    }

    /// <summary>Serves one client for as long as it stays.</summary>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var origin = new ClientOrigin(connection.RemoteEndPoint as IPEndPoint, ClientTransport.Tcp);
        await using SessionPlace? place = await PlaceAsync(origin, connection.ConnectionClosed);
        if (place is null)
        {
            return;
        }

        bool isInOrder = place.IsHere
            ? await _sessions.ServeAsync(connection.Transport, origin, connection.ConnectionClosed)
            : await place.CarryAsync(connection.Transport, connection.Abort, _relay.Stopping);
        if (isInOrder)
        {
            await _end.CloseAsync(connection);
        }
    }

    private async Task<SessionPlace?> PlaceAsync(ClientOrigin origin, CancellationToken closed)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(closed);
        patience.CancelAfter(_patience);
        try
        {
            return await _relay.PlaceAsync(origin, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}

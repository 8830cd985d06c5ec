using Microsoft.AspNetCore.Connections;

namespace RelayCluster.Host.Endpoints;

/// <summary>
/// The end of a connection after its session. What is left to send gets a moment; then the connection is cut, for Kestrel
/// would wait without end for a client that does not read.
/// </summary>
internal sealed class ConnectionEnd
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _timeProvider;

    public ConnectionEnd(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
    }

    /// <summary>Sends what is left, if that goes soon, and closes.</summary>
    public async Task CloseAsync(ConnectionContext connection)
    {
        await connection.Transport.Output.CompleteAsync();
        try
        {
            await Task.Delay(Grace, _timeProvider, connection.ConnectionClosed);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        connection.Abort();
    }
}

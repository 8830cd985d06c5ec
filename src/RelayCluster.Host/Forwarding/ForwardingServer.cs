using System.Net;
using RelayCluster.Dht;
using RelayCluster.Host.Reports;

namespace RelayCluster.Host.Forwarding;

/// <summary>Forwards each connection of a server on the DHT to a TCP server, all at the same time.</summary>
internal sealed class ForwardingServer(IDhtServer server, DnsEndPoint target, Reporter reporter, Traffic traffic)
{
    /// <summary>Serves until it is told to end, or the server is closed.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var connections = new ConnectionSet();
        while (true)
        {
            await connections.ReserveAsync(cancellationToken);
            if (await server.AcceptAsync(cancellationToken) is not { } stream)
            {
                return;
            }

            connections.Start(cut => ForwardAsync(stream, cut));
        }
    }

    private async Task ForwardAsync(DhtStream stream, CancellationToken cut)
    {
        try
        {
            TcpEnd local = await TcpEnd.ConnectAsync(target, cut);
            reporter.Tell(await new Carrier(reporter, traffic).CarryAsync(local, stream, cut));
        }
        catch (ConnectionException e)
        {
            reporter.Tell(new FaultReport(e.Message));
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested)
        {
            // The server is told to end while this one is on its way.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }
}

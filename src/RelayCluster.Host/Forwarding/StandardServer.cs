using RelayCluster.Dht;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Forwarding;

/// <summary>
/// Joins the connections of a server on the DHT to standard input and output, which are only one pair: one connection
/// after the other, in the order in which they come.
/// </summary>
internal sealed class StandardServer(IDhtServer server, CommandTerminal terminal, Reporter reporter, Traffic traffic)
{
    /// <summary>Serves until it is told to end, or the server is closed.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var carrier = new Carrier(reporter, traffic);
        while (await server.AcceptAsync(cancellationToken) is { } stream)
        {
            StandardEnd local = StandardEnd.OfServer(terminal);
            reporter.Tell(await carrier.CarryAsync(local, stream, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}

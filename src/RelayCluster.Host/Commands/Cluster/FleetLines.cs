using RelayCluster.Cluster.Administration;
using RelayCluster.Host.Reports;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary>Tells what all nodes have, and which could not be asked.</summary>
internal static class FleetLines
{
    /// <param name="lines">What the nodes have.</param>
    /// <param name="reporter">Who tells it.</param>
    /// <param name="layout">How it is shown to people.</param>
    /// <param name="create">Makes the rows of all that is there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task TellAsync<TItem, TReport>(
        IAsyncEnumerable<FleetLine<TItem>> lines,
        Reporter reporter,
        TableLayout<TReport> layout,
        Func<IReadOnlyList<(string Node, TItem Item)>, IEnumerable<TReport>> create,
        CancellationToken cancellationToken)
        where TItem : class
        where TReport : Report
    {
        List<(string Node, TItem Item)> items = [];
        List<MissingReport> missing = [];
        await foreach (FleetLine<TItem> line in lines.WithCancellation(cancellationToken))
        {
            if (line.Item is { } item)
            {
                items.Add((line.Node, item));
            }
            else
            {
                missing.Add(new MissingReport(line.Node, line.Failure ?? "no reason was given"));
            }
        }

        reporter.TellAll([.. create(items)], layout);
        missing.ForEach(reporter.Tell);
    }
}

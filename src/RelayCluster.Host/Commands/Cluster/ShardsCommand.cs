using System.CommandLine;
using RelayCluster.Cluster.Administration;
using RelayCluster.Host.Reports;
using RelayCluster.Host.Terminal;

namespace RelayCluster.Host.Commands.Cluster;

/// <summary><c>relay cluster shards</c>: how the keys of each region are divided among the nodes.</summary>
internal static class ShardsCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command(
            "shards", "Prints how the sessions that are placed, and the topics looked up, are divided among nodes.")
        {
            ExampleHelp.Of("relay cluster shards"),
        };
        ClusterCommand.SetQuestion(command, terminal, "shard, missing", (_, admin, reporter, stopping) =>
            FleetLines.TellAsync(
                admin.GetShardsAsync(stopping), reporter, ShardReport.Layout, CreateReports, stopping));
        return command;
    }

    private static IEnumerable<ShardReport> CreateReports(IReadOnlyList<(string Node, ShardSummary Shard)> shards) =>
        from shard in shards
        group shard by shard.Shard.Region into region
        orderby region.Key
        let sum = Math.Max(1.0, region.Sum(shard => shard.Shard.Weight))
        from shard in region
        select new ShardReport(region.Key, shard.Node, shard.Shard.Weight, Math.Round(shard.Shard.Weight / sum, 3));
}

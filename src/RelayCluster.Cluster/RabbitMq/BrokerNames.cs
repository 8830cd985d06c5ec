namespace RelayCluster.Cluster.RabbitMq;

/// <summary>What things are called at the broker. Two fleets on one broker need a vhost each.</summary>
internal static class BrokerNames
{
    /// <summary>The fanout exchange that reaches all mailboxes.</summary>
    public const string Everybody = "relay.all";

    /// <summary>The broker's pseudo queue of replies to whoever consumes from it.</summary>
    public const string ReplyTo = "amq.rabbitmq.reply-to";

    /// <summary>The queue of a node.</summary>
    public static string Mailbox(string node) => $"relay.node.{node}";

    /// <summary>The consistent-hash exchange of a region.</summary>
    public static string Region(string region) => $"relay.region.{region}";
}

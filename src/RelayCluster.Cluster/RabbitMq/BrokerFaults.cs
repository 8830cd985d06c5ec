using System.Net.Sockets;
using System.Threading.Channels;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.RabbitMq;

/// <summary>What the broker says when it does not want us, in a line that tells what would be right.</summary>
internal static class BrokerFaults
{
    /// <summary>The failure to open a link.</summary>
    /// <param name="exception">What the client threw.</param>
    /// <param name="node">This node's name.</param>
    /// <param name="broker">The broker.</param>
    public static FabricException Explain(Exception exception, string node, BrokerAddress broker) =>
        Causes(exception).Select(cause => Explain(cause, exception, node, broker)).FirstOrDefault(e => e is not null)
            ?? new FabricException(
                FabricError.Unreachable,
                $"the broker {broker} cannot be reached: {Causes(exception).Last().Message}",
                exception);

    /// <summary>Whether something failed because its link is over.</summary>
    public static bool IsLinkLost(Exception exception) =>
        exception is OperationInterruptedException or ObjectDisposedException or IOException or SocketException
            or ChannelClosedException or TimeoutException or OperationCanceledException;

    private static FabricException? Explain(Exception cause, Exception whole, string node, BrokerAddress broker) =>
        cause switch
        {
            AuthenticationFailureException or PossibleAuthenticationFailureException => new FabricException(
                FabricError.Refused,
                $"the broker {broker} refuses the user or the password of cluster.rabbitmq",
                whole),
            System.Security.Authentication.AuthenticationException => new FabricException(
                FabricError.Refused, $"no TLS with the broker {broker}: {cause.Message}", whole),
            OperationInterruptedException { ShutdownReason: { } reason } => Explain(reason, whole, node, broker),
            _ => null,
        };

    private static FabricException? Explain(
        ShutdownEventArgs reason,
        Exception whole,
        string node,
        BrokerAddress broker) => reason.ReplyCode switch
        {
            405 => FabricFailure.NameTaken(node),
            503 when reason.ReplyText.Contains("x-consistent-hash", StringComparison.Ordinal) => new FabricException(
                FabricError.Refused,
                $"the broker {broker} lacks a plugin: rabbitmq-plugins enable rabbitmq_consistent_hash_exchange",
                whole),
            402 or 403 or 406 or 530 => new FabricException(
                FabricError.Refused, $"the broker {broker} refuses this node: {reason.ReplyText}", whole),
            _ => null,
        };

    private static IEnumerable<Exception> Causes(Exception exception) => exception switch
    {
        AggregateException many => many.InnerExceptions.SelectMany(Causes).Prepend(many),
        SocketException or { InnerException: null } => [exception],
        _ => Causes(exception.InnerException!).Prepend(exception),
    };
}

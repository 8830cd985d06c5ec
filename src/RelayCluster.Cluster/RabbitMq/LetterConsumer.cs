using RabbitMQ.Client;

namespace RelayCluster.Cluster.RabbitMq;

/// <summary>Hands on what arrives in a queue, in its order.</summary>
internal sealed class LetterConsumer(IChannel channel, Action<Letter> handle, Action cancelled)
    : AsyncDefaultBasicConsumer(channel)
{
    public override Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        if (Letter.Read(properties, body) is { } letter)
        {
            handle(letter);
        }

        return Task.CompletedTask;
    }

    /// <summary>Somebody deleted the queue.</summary>
    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        cancelled();
        return Task.CompletedTask;
    }
}

using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.RabbitMq;

/// <summary>
/// One connection to the broker, from its opening to its end; a new one takes its place then. It has two channels. The
/// post channel takes what comes to this node's mailbox and sends what nobody waits for. The ask channel sends asks and
/// broadcasts, and the broker confirms each: that is its back-pressure, and tells that nobody was there to be asked;
/// replies come to it, since direct reply-to is bound to the channel that asked.
/// <code>
/// post  mailbox ------> Arrived           asks, broadcasts and signs to this node
///       -------------> reply-to, mailbox  replies, and signs to nodes, which come back as Returned if they are gone
/// ask   -------------> mailbox, region, fanout   asks and broadcasts, confirmed
///       reply-to -----> Arrived           replies
/// </code>
/// Whatever goes wrong on a channel ends the whole link: a new one declares everything anew, and that mends it.
/// </summary>
internal sealed class BrokerLink : IAsyncDisposable
{
    /// <summary>A node that does not take its post has so many messages of it; more are refused.</summary>
    private const int MailboxMessages = 10_000;

    private const string HashExchange = "x-consistent-hash";

    private const long MailboxBytes = 64 << 20;

    /// <summary>So many publishes may wait for their confirmation.</summary>
    private const int Unconfirmed = 256;

    /// <summary>A node that does not take its post for so long need not read it any more.</summary>
    private static readonly TimeSpan Expiry = FabricTimes.SilenceTimeout + FabricTimes.LifeInterval;

    private readonly string _node;
    private readonly IConnection _connection;
    private readonly IChannel _post;
    private readonly IChannel _asks;
    private readonly RateLimiter _unconfirmed;
    private readonly FabricMetrics _metrics;
    private readonly TimeProvider _timeProvider;
    private readonly ConcurrentDictionary<string, Task> _regions = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BrokerLink(
        string node,
        IConnection connection,
        IChannel post,
        IChannel asks,
        RateLimiter unconfirmed,
        FabricMetrics metrics,
        TimeProvider timeProvider)
    {
        _node = node;
        _connection = connection;
        _post = post;
        _asks = asks;
        _unconfirmed = unconfirmed;
        _metrics = metrics;
        _timeProvider = timeProvider;
        Task Close(object sender, object reason)
        {
            _closed.TrySetResult();
            return Task.CompletedTask;
        }

        connection.ConnectionShutdownAsync += Close;
        post.ChannelShutdownAsync += Close;
        asks.ChannelShutdownAsync += Close;
        post.BasicReturnAsync += (_, returned) =>
        {
            if (Letter.Read(returned.BasicProperties, returned.Body) is { } letter)
            {
                Returned?.Invoke(letter);
            }

            return Task.CompletedTask;
        };
    }

    /// <summary>Something came to this node.</summary>
    public Action<Letter>? Arrived { get; set; }

    /// <summary>Something that was sent to a node came back: the node is gone.</summary>
    public Action<Letter>? Returned { get; set; }

    /// <summary>Completes when nothing goes over this link any more.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Connects, and takes the node's name; the mailbox is still shut.</summary>
    public static async Task<BrokerLink> OpenAsync(
        string node,
        BrokerAddress broker,
        FabricMetrics metrics,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = broker.Uri,
            ClientProvidedName = $"relay {node}",
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = TimeSpan.FromSeconds(3),
            HandshakeContinuationTimeout = TimeSpan.FromSeconds(3),
            ContinuationTimeout = TimeSpan.FromSeconds(5),
            RequestedHeartbeat = TimeSpan.FromSeconds(5),
        };
        IConnection connection = await factory.CreateConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
            {
                PermitLimit = Unconfirmed,
                QueueLimit = int.MaxValue, // each is an ask or a broadcast of this process that waits
            });
            IChannel post = await connection.CreateChannelAsync(cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            IChannel asks = await connection.CreateChannelAsync(
                new CreateChannelOptions(
                    publisherConfirmationsEnabled: true,
                    publisherConfirmationTrackingEnabled: true,
                    outstandingPublisherConfirmationsRateLimiter: limiter),
                cancellationToken).ConfigureAwait(false);
            var link = new BrokerLink(node, connection, post, asks, limiter, metrics, timeProvider);
            await link.DeclareAsync(cancellationToken).ConfigureAwait(false);
            return link;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens the mailbox, and sees to it that replies arrive.</summary>
    public async Task ConsumeAsync(CancellationToken cancellationToken)
    {
        await _asks.BasicConsumeAsync(
            BrokerNames.ReplyTo, autoAck: true, new LetterConsumer(_asks, Arrive, Break), cancellationToken)
            .ConfigureAwait(false);
        await _post.BasicConsumeAsync(
            BrokerNames.Mailbox(_node), autoAck: true, new LetterConsumer(_post, Arrive, Break), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Gives the node another share of a region.</summary>
    public async Task BindAsync(string region, int formerWeight, int weight, CancellationToken cancellationToken)
    {
        await DeclareRegionAsync(region).ConfigureAwait(false);
        string mailbox = BrokerNames.Mailbox(_node);
        string exchange = BrokerNames.Region(region);
        if (formerWeight > 0)
        {
            await _post.QueueUnbindAsync(mailbox, exchange, $"{formerWeight}", cancellationToken: cancellationToken)
                .ConfigureAwait(false);
        }

        if (weight > 0)
        {
            await _post.QueueBindAsync(mailbox, exchange, $"{weight}", cancellationToken: cancellationToken)
                .ConfigureAwait(false);
        }
    }

    /// <summary>Sends an ask; completes when the broker has it in a mailbox.</summary>
    /// <exception cref="PublishException">There is nobody to take it, or his mailbox is full.</exception>
    public async Task AskAsync(FabricAddress address, Letter letter)
    {
        if (address.Node is { } node)
        {
            await PublishConfirmedAsync("", BrokerNames.Mailbox(node), letter).ConfigureAwait(false);
            return;
        }

        await DeclareRegionAsync(address.Region!).ConfigureAwait(false);
        await PublishConfirmedAsync(BrokerNames.Region(address.Region!), address.Key!, letter).ConfigureAwait(false);
    }

    /// <summary>Sends a broadcast; completes when the broker has it.</summary>
    public async Task TellAllAsync(Letter letter)
    {
        try
        {
            await PublishConfirmedAsync(BrokerNames.Everybody, "", letter).ConfigureAwait(false);
        }
        catch (PublishException)
        {
            // Somebody's mailbox is full. The others have it, and broadcasts may be lost.
        }
    }

    /// <summary>Sends a reply to where the ask said.</summary>
    public ValueTask ReplyAsync(string replyTo, Letter letter) =>
        _post.BasicPublishAsync("", replyTo, mandatory: false, letter.ToProperties(null), letter.Body);

    /// <summary>Sends a sign to a node; it comes back if the node is gone.</summary>
    public ValueTask SignAsync(string node, Letter letter) =>
        _post.BasicPublishAsync(
            "", BrokerNames.Mailbox(node), mandatory: true, letter.ToProperties(Expiry), letter.Body);

    public async ValueTask DisposeAsync()
    {
        _closed.TrySetResult();
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _unconfirmed.DisposeAsync().ConfigureAwait(false);
    }

    private async Task DeclareAsync(CancellationToken cancellationToken)
    {
        string mailbox = BrokerNames.Mailbox(_node);
        await _post.QueueDeclareAsync(
            mailbox,
            durable: false,
            exclusive: true,
            autoDelete: true,
            new Dictionary<string, object?>
            {
                ["x-max-length"] = MailboxMessages,
                ["x-max-length-bytes"] = MailboxBytes,
                ["x-overflow"] = "reject-publish",
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        await _post.ExchangeDeclareAsync(
            BrokerNames.Everybody, ExchangeType.Fanout, cancellationToken: cancellationToken).ConfigureAwait(false);
        await _post.QueueBindAsync(mailbox, BrokerNames.Everybody, "", cancellationToken: cancellationToken)
            .ConfigureAwait(false);

        // A broker without the plugin is to be told of at the start, not when the first region is used.
        string trial = BrokerNames.Region($"trial.{_node}");
        await _post.ExchangeDeclareAsync(trial, HashExchange, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        await _post.ExchangeDeleteAsync(trial, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Once for a region and link: to publish to what is not there would end the link.</summary>
    private Task DeclareRegionAsync(string region) => _regions.GetOrAdd(
        region,
        static (region, post) => post.ExchangeDeclareAsync(BrokerNames.Region(region), HashExchange),
        _post);

    /// <summary>
    /// Not to be cancelled: the client numbers what it publishes, and one that is broken off midway is counted by one
    /// side only. Callers leave it to itself, and it ends with the link at the latest.
    /// </summary>
    private async Task PublishConfirmedAsync(string exchange, string routingKey, Letter letter)
    {
        long start = _timeProvider.GetTimestamp();
        await _asks.BasicPublishAsync(
            exchange, routingKey, mandatory: letter.Kind == LetterKind.Ask, letter.ToProperties(Expiry), letter.Body)
            .ConfigureAwait(false);
        _metrics.Confirmed(_timeProvider.GetElapsedTime(start));
    }

    private void Arrive(Letter letter) => Arrived?.Invoke(letter);

    private void Break() => _closed.TrySetResult();
}

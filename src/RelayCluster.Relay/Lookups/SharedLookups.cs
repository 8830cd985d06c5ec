using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using RelayCluster.Actors;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>
/// Lookups of which those about one topic share a query: who asks while it is under way is given what came so far and
/// then the rest, and for a while after its end the whole. Replies are those of the query, also where they tell of who
/// asked: <see cref="LookupReply.To"/> and <see cref="LookupReply.Token"/>.
/// </summary>
public sealed class SharedLookups : ITopicLookups, IDisposable
{
    private static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(5);

    private readonly LookupScope _scope;
    private readonly ActorRef<LookupsMessage> _lookups;

    /// <summary>Lookups as actors under <c>/name</c>; they end with their system.</summary>
    /// <param name="actors">The system, whose clock says how long answers are kept.</param>
    /// <param name="name">Unique at the top of the system.</param>
    /// <param name="source">What a query is.</param>
    /// <param name="place">Between whom they stand.</param>
    /// <param name="options">Read once, here.</param>
    /// <param name="loggerFactory">Where they log.</param>
    /// <param name="meterFactory">Where the meter <c>RelayCluster.Relay</c> comes from; null for its own.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SharedLookups(
        ActorSystem actors,
        string name,
        TopicSource source,
        LookupPlace place,
        LookupOptions options,
        ILoggerFactory loggerFactory,
        IMeterFactory? meterFactory = null)
    {
        ArgumentNullException.ThrowIfNull(actors);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        _scope = new LookupScope(
            source,
            place,
            new LookupSettings(options),
            new LookupMetrics(meterFactory, place),
            loggerFactory.CreateLogger<SharedLookups>());
        _lookups = actors.Spawn(name, () => new LookupsActor(_scope));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LookupReply> LookupAsync(
        Fixed32 topic,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _scope.Metrics.Asked();
        using AnswerReader? place = await AskAsync(topic, cancellationToken).ConfigureAwait(false);
        IAsyncEnumerable<LookupReply> replies = place is null
            ? _scope.Query(topic, cancellationToken)
            : place.ReadAllAsync(cancellationToken);
        await foreach (LookupReply reply in replies.ConfigureAwait(false))
        {
            yield return reply;
        }
    }

    /// <inheritdoc/>
    public async ValueTask ForgetAsync(Fixed32 topic, CancellationToken cancellationToken = default)
    {
        // Whoever asks after this is behind it in the mailbox. It does not wait for long: the actor only keeps a table.
        await _lookups.TellAsync(new LookupsMessage.Forget(topic), CancellationToken.None).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TopicLookup>> ListAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _lookups.AskAsync<IReadOnlyList<TopicLookup>>(
                static replyTo => new LookupsMessage.List(replyTo),
                ListPatience,
                cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            // The actors have stopped.
            return [];
        }
    }

    /// <summary>Ends the counting.</summary>
    public void Dispose() => _scope.Metrics.Dispose();

    private async ValueTask<AnswerReader?> AskAsync(Fixed32 topic, CancellationToken cancellationToken)
    {
        var asker = new LookupAsker(topic, Activity.Current?.Context ?? default);
        return await _lookups.TellAsync(new LookupsMessage.Ask(asker), cancellationToken).ConfigureAwait(false)
            ? await asker.WaitAsync(cancellationToken).ConfigureAwait(false)
            : null;
    }
}

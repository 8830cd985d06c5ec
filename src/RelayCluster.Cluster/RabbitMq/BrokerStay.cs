using Microsoft.Extensions.Logging;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.RabbitMq;

/// <summary>
/// This node at the broker, as long as one link lasts: who gets what arrives, and the clock of signs of life. With the
/// link all that went over it is over: asks fail, handlers are cancelled.
/// </summary>
internal sealed class BrokerStay : IAsyncDisposable
{
    private readonly string _node;
    private readonly BrokerLink _link;
    private readonly TaskSet _running;
    private readonly TimeProvider _timeProvider;
    private readonly AnswerTable _answers;
    private readonly BroadcastLanes _broadcasts;
    private readonly CancellationTokenSource _ending = new();
    private readonly ITimer _timer;

    /// <param name="node">This node's name.</param>
    /// <param name="link">The link; taken over.</param>
    /// <param name="handlers">What this node answers.</param>
    /// <param name="running">Where what runs is kept beyond the stay, to be waited for.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Where failures of handlers are logged.</param>
    public BrokerStay(
        string node,
        BrokerLink link,
        HandlerTable handlers,
        TaskSet running,
        TimeProvider timeProvider,
        ILogger logger)
    {
        _node = node;
        _link = link;
        _running = running;
        _timeProvider = timeProvider;
        Asks = new AskTable(node, link, running, timeProvider);
        _answers = new AnswerTable(node, link, handlers, running, logger);
        _broadcasts = new BroadcastLanes(handlers, running, logger);
        link.Arrived = Arrive;
        link.Returned = Return;
        _timer = timeProvider.CreateTimer(
            static stay => ((BrokerStay)stay!).HandleTick(), this, FabricTimes.LifeInterval, FabricTimes.LifeInterval);
    }

    /// <summary>What this node asks others.</summary>
    public AskTable Asks { get; }

    /// <summary>Completes when nothing goes over the link any more.</summary>
    public Task Closed => _link.Closed;

    /// <summary>Sends a broadcast.</summary>
    public async Task TellAllAsync(string subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        Task sending = _link.TellAllAsync(new Letter(LetterKind.Tell, _node, Subject: subject) { Body = body });
        _running.AddOutcome(sending);
        try
        {
            await sending.WaitAsync(FabricTimes.SilenceTimeout, _timeProvider, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && BrokerFaults.IsLinkLost(e))
        {
            // As any broadcast may be, it is lost.
        }
    }

    /// <summary>Gives this node another share of a region.</summary>
    public Task BindAsync(string region, int formerWeight, int weight, CancellationToken cancellationToken) =>
        _link.BindAsync(region, formerWeight, weight, cancellationToken);

    /// <summary>Has what is sent to this node delivered.</summary>
    public Task OpenMailboxAsync(CancellationToken cancellationToken) => _link.ConsumeAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        Asks.Close();
        await _ending.CancelAsync().ConfigureAwait(false);
        await _answers.DisposeAsync().ConfigureAwait(false);
        await _link.DisposeAsync().ConfigureAwait(false);
    }

    private void Arrive(Letter letter)
    {
        switch (letter.Kind)
        {
            case LetterKind.Tell when letter.From != _node:
                _broadcasts.Add(new FabricRequest(letter.From, letter.Subject, letter.Body), _ending.Token);
                break;
            case LetterKind.Ask or LetterKind.More or LetterKind.Cancel:
                _answers.Handle(letter);
                break;
            case LetterKind.Reply or LetterKind.End or LetterKind.Fail or LetterKind.Life:
                Asks.Handle(letter);
                break;
        }
    }

    private void Return(Letter letter)
    {
        if (letter.Kind == LetterKind.Life)
        {
            _answers.HandleGone(asker: letter.Subject, letter.Ask);
        }
        else if (letter.Kind == LetterKind.Poke)
        {
            Asks.HandleGone(letter.Ask);
        }
    }

    private void HandleTick()
    {
        Asks.HandleSilence();
        _answers.GiveSigns();
    }
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using RabbitMQ.Client.Exceptions;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.RabbitMq;

/// <summary>
/// The asks of this node over one link. An ask ends with its answer, or fails: at once if nobody is there to take it,
/// if its node says so, or when the link breaks; after a silence otherwise, which a live node breaks every second.
/// Half-way through the silence the node is poked, if it is known who answers: the broker gives the poke back if the
/// node is gone.
/// </summary>
internal sealed class AskTable
{
    private static readonly TimeSpan PokeAfter = FabricTimes.SilenceTimeout / 2;

    private readonly string _node;
    private readonly BrokerLink _link;
    private readonly TaskSet _running;
    private readonly TimeProvider _timeProvider;
    private readonly ConcurrentDictionary<long, PendingAsk> _asks = new();
    private long _lastNumber;
    private volatile bool _isClosed;

    public AskTable(string node, BrokerLink link, TaskSet running, TimeProvider timeProvider)
    {
        _node = node;
        _link = link;
        _running = running;
        _timeProvider = timeProvider;
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> AskAsync(
        FabricAddress address,
        string subject,
        ReadOnlyMemory<byte> body,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ask = new PendingAsk(Interlocked.Increment(ref _lastNumber), subject, _timeProvider.GetTimestamp());
        _asks[ask.Number] = ask;
        bool isOver = false;
        try
        {
            await SendAsync(address, ask, body, cancellationToken).ConfigureAwait(false);
            if (_isClosed)
            {
                ask.Fail(FabricError.Unreachable);
            }

            int taken = 0;
            await foreach (Letter letter in ask.Letters.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                isOver = letter.Kind != LetterKind.Reply;
                if (letter.Kind == LetterKind.End)
                {
                    yield break;
                }

                if (isOver)
                {
                    throw ReadFailure(letter, ask);
                }

                yield return letter.Body;
                if (++taken % (AnswerTable.Window / 2) == 0)
                {
                    Sign(letter.From, LetterKind.More, ask.Number);
                }
            }
        }
        finally
        {
            _asks.TryRemove(ask.Number, out _);
            if (!isOver && ask.Answerer is { } answerer)
            {
                Sign(answerer, LetterKind.Cancel, ask.Number);
            }
        }
    }

    /// <summary>Takes what comes to an asker.</summary>
    public void Handle(Letter letter)
    {
        if (_asks.TryGetValue(letter.Ask, out PendingAsk? ask))
        {
            ask.Hear(letter, _timeProvider.GetTimestamp());
        }
        else if (letter.Kind is LetterKind.Reply or LetterKind.Life)
        {
            // Given up before it was known who answers.
            Sign(letter.From, LetterKind.Cancel, letter.Ask);
        }
    }

    /// <summary>The node that answers an ask is gone.</summary>
    public void HandleGone(long number)
    {
        if (_asks.TryGetValue(number, out PendingAsk? ask))
        {
            ask.Fail(FabricError.NodeGone);
        }
    }

    /// <summary>Looks for those of which nothing is heard; to be called every second.</summary>
    public void HandleSilence()
    {
        foreach (PendingAsk ask in _asks.Values)
        {
            TimeSpan silence = _timeProvider.GetElapsedTime(ask.HeardAt);
            if (silence >= FabricTimes.SilenceTimeout)
            {
                ask.Fail(FabricError.TimedOut);
            }
            else if (silence >= PokeAfter && ask.Answerer is { } answerer)
            {
                Sign(answerer, LetterKind.Poke, ask.Number);
            }
        }
    }

    /// <summary>The link is over, and with it all that goes over it.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (PendingAsk ask in _asks.Values)
        {
            ask.Fail(FabricError.Unreachable);
        }
    }

    private static FabricException ReadFailure(Letter letter, PendingAsk ask)
    {
        FabricError error = Enum.TryParse(letter.Subject, out FabricError told) ? told : FabricError.Failed;
        return letter.Body.IsEmpty
            ? FabricFailure.Of(error, letter.From, ask.Subject)
            : new FabricException(error, Encoding.UTF8.GetString(letter.Body.Span));
    }

    private async Task SendAsync(
        FabricAddress address,
        PendingAsk ask,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken)
    {
        var letter = new Letter(LetterKind.Ask, _node, ask.Number, ask.Subject)
        {
            Body = body,
            ReplyTo = BrokerNames.ReplyTo,
        };
        Task sending = _link.AskAsync(address, letter);
        _running.AddOutcome(sending);
        try
        {
            await sending.WaitAsync(FabricTimes.SilenceTimeout, _timeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (PublishException e)
        {
            throw e.IsReturn
                ? FabricFailure.NoSuchNode(address)
                : FabricFailure.Of(FabricError.Refused, address.Node, ask.Subject);
        }
        catch (TimeoutException)
        {
            throw FabricFailure.Of(FabricError.TimedOut, address.Node, ask.Subject);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && BrokerFaults.IsLinkLost(e))
        {
            throw FabricFailure.Unreachable(e);
        }
    }

    private void Sign(string node, LetterKind kind, long number) =>
        _running.AddOutcome(_link.SignAsync(node, new Letter(kind, _node, number)).AsTask());
}

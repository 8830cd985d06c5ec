using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.RabbitMq;

/// <summary>
/// The handlers at work for other nodes over one link. While one works its asker gets a sign of life every second, and
/// if that comes back the asker is gone and the handler is cancelled. Of replies that its asker has not taken there are
/// no more than <see cref="Window"/>; then the handler waits.
/// </summary>
internal sealed partial class AnswerTable : IAsyncDisposable
{
    /// <summary>Replies on their way.</summary>
    public const int Window = 256;

    /// <summary>Handlers at work; more asks are refused.</summary>
    private const int Capacity = 10_000;

    private readonly string _node;
    private readonly BrokerLink _link;
    private readonly HandlerTable _handlers;
    private readonly TaskSet _running;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closed;
    private readonly ConcurrentDictionary<(string Asker, long Ask), RunningAnswer> _answers = new();

    public AnswerTable(string node, BrokerLink link, HandlerTable handlers, TaskSet running, ILogger logger)
    {
        _node = node;
        _link = link;
        _handlers = handlers;
        _running = running;
        _logger = logger;
        _closed = _closing.Token;
    }

    /// <summary>Takes what comes to the one who is asked.</summary>
    public void Handle(Letter letter)
    {
        if (letter.Kind == LetterKind.Ask)
        {
            _running.Add(AnswerAsync(letter));
        }
        else if (_answers.TryGetValue((letter.From, letter.Ask), out RunningAnswer? answer))
        {
            Steer(answer, letter.Kind);
        }
    }

    /// <summary>The asker is gone.</summary>
    public void HandleGone(string asker, long ask)
    {
        if (_answers.TryGetValue((asker, ask), out RunningAnswer? answer))
        {
            Steer(answer, LetterKind.Cancel);
        }
    }

    /// <summary>Tells the askers that their handlers are at work; to be called every second.</summary>
    public void GiveSigns()
    {
        foreach (RunningAnswer answer in _answers.Values)
        {
            // The asker's name is in it, to be known if it comes back.
            string asker = answer.Ask.From;
            _running.Add(SendAsync(_link.SignAsync(asker, new Letter(LetterKind.Life, _node, answer.Ask.Ask, asker))));
        }
    }

    /// <summary>The link is over: nobody hears what the handlers say.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private static void Steer(RunningAnswer answer, LetterKind kind)
    {
        try
        {
            if (kind == LetterKind.More)
            {
                answer.AddRoom(Window / 2);
            }
            else if (kind == LetterKind.Cancel)
            {
                answer.Cancel();
            }
        }
        catch (ObjectDisposedException)
        {
            // It has just come to its end.
        }
    }

    private async Task AnswerAsync(Letter ask)
    {
        // Whoever delivers is to go on delivering, whatever the handler does before its first wait.
        await Task.Yield();
        if (_handlers.Find(ask.Subject) is not { } handler || _answers.Count >= Capacity)
        {
            await ReplyAsync(ask, LetterKind.Fail, nameof(FabricError.Refused)).ConfigureAwait(false);
            return;
        }

        using var answer = new RunningAnswer(ask, _closed);
        _answers[(ask.From, ask.Ask)] = answer;
        try
        {
            await RunAsync(handler, answer).ConfigureAwait(false);
        }
        finally
        {
            _answers.TryRemove((ask.From, ask.Ask), out _);
        }
    }

    private async Task RunAsync(FabricHandler handler, RunningAnswer answer)
    {
        Letter ask = answer.Ask;
        try
        {
            var request = new FabricRequest(ask.From, ask.Subject, ask.Body);
            await foreach (ReadOnlyMemory<byte> reply in handler(request, answer.Ending).ConfigureAwait(false))
            {
                await answer.WaitForRoomAsync().ConfigureAwait(false);
                await ReplyAsync(ask, LetterKind.Reply, "", reply).ConfigureAwait(false);
            }

            await ReplyAsync(ask, LetterKind.End).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (answer.Ending.IsCancellationRequested)
        {
            // Nobody waits for it.
        }
        catch (FabricException e)
        {
            byte[] message = Encoding.UTF8.GetBytes(e.Message);
            await ReplyAsync(ask, LetterKind.Fail, e.Error.ToString(), message).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a handler throws fails its ask only.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Failed(_logger, ask.Subject, ask.From, e);
            await ReplyAsync(ask, LetterKind.Fail, nameof(FabricError.Failed)).ConfigureAwait(false);
        }
    }

    private Task ReplyAsync(Letter ask, LetterKind kind, string subject = "", ReadOnlyMemory<byte> body = default) =>
        ask.ReplyTo is { } replyTo
            ? SendAsync(_link.ReplyAsync(replyTo, new Letter(kind, _node, ask.Ask, subject) { Body = body }))
            : Task.CompletedTask;

    /// <summary>A link that is lost ends its handlers by itself.</summary>
    private static async Task SendAsync(ValueTask sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (Exception e) when (BrokerFaults.IsLinkLost(e))
        {
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7030, LogLevel.Warning, "{Subject}, asked by node {Node}, failed")]
        public static partial void Failed(ILogger logger, string subject, string node, Exception exception);
    }
}

using System.Collections.Concurrent;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Buffers;

namespace RelayCluster.Relay.Questions;

/// <summary>
/// What a session has asked its client, and waits for, by the ids of the questions: whether a peer may connect, and
/// what only the client's secret key can make. Asked from any thread.
/// </summary>
/// <remarks>
/// Nobody has to answer, so each question has a deadline; and there are at most
/// <see cref="RelayOptions.MaxQuestions"/>, because neither peers who come nor nodes that want signatures know what
/// this one client can take. More of them wait for their turn, within their deadline. When the session ends no answer
/// can come any more, and all that wait are told so at once.
/// </remarks>
internal sealed class ClientQuestions(Outbox outbox, RelaySettings settings, TimeProvider timeProvider) : IDisposable
{
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<RelayMessage>> _waiting = new();
    private readonly SemaphoreSlim _room = new(settings.MaxQuestions);
    private readonly CancellationTokenSource _closed = new();

    /// <summary>How many the client has yet to answer.</summary>
    public int Count => _waiting.Count;

    /// <summary>Asks, and waits for the answer.</summary>
    /// <param name="id">The question's id, with which no other waits.</param>
    /// <param name="question">The message.</param>
    /// <param name="cancellationToken">Takes the question back; a later answer is ignored.</param>
    /// <exception cref="TimeoutException">There was no answer in time, or none can come any more.</exception>
    public async ValueTask<RelayMessage> AskAsync(uint id, RelayMessage question, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(settings.AnswerTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            deadline.Token, _closed.Token, cancellationToken);
        try
        {
            await _room.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                // No client has asked for these messages, so they wait until there is room for them.
                await outbox.Control.WhenOpenAsync(either.Token).ConfigureAwait(false);
                return await AskNowAsync(id, question, either.Token).ConfigureAwait(false);
            }
            finally
            {
                _room.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The client did not answer a {question.Type}");
        }
    }

    /// <summary>The client has answered. The answer to a question that is not there any more came too late.</summary>
    public void Answer(uint id, RelayMessage answer)
    {
        if (_waiting.TryGetValue(id, out TaskCompletionSource<RelayMessage>? waiting))
        {
            waiting.TrySetResult(answer);
        }
    }

    /// <summary>The client is not heard any more.</summary>
    public void Close() => _closed.Cancel();

    public void Dispose()
    {
        _closed.Dispose();
        _room.Dispose();
    }

    private async ValueTask<RelayMessage> AskNowAsync(
        uint id,
        RelayMessage question,
        CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<RelayMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            outbox.Post(question);
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }
}

using System.Collections.Concurrent;

namespace RelayCluster.Relay.Servers;

/// <summary>
/// The questions of a session's servers that the client has yet to answer, by their ids. Servers ask from any thread;
/// each of them bounds how many.
/// </summary>
internal sealed class FirewallQuestions
{
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<bool>> _waiting = new();

    /// <summary>How many wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Asks, and waits for the answer: whether the peer may connect.</summary>
    /// <param name="id">A fresh id.</param>
    /// <param name="ask">Puts the question, when an answer to it can be taken.</param>
    /// <param name="cancellationToken">Takes the question back; a later answer is ignored.</param>
    public async ValueTask<bool> AskAsync(uint id, Action ask, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            ask();
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <summary>The client has answered. The answer to a question that is not there any more came too late.</summary>
    public void Answer(uint id, bool mayConnect)
    {
        if (_waiting.TryGetValue(id, out TaskCompletionSource<bool>? answer))
        {
            answer.TrySetResult(mayConnect);
        }
    }
}

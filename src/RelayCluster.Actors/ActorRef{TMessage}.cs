using RelayCluster.Actors.Cells;

namespace RelayCluster.Actors;

/// <summary>An actor's address, for who sends it messages. Any thread may.</summary>
public abstract class ActorRef<TMessage> : ActorRef
{
    private protected ActorRef()
    {
    }

    internal abstract ActorSystem System { get; }

    /// <summary>
    /// Puts a message into the mailbox if there is room. False: there is none, or the actor is stopping; the message is
    /// still the caller's.
    /// </summary>
    public abstract bool TryTell(TMessage message);

    /// <summary>
    /// Puts a message into the mailbox, waiting for room. False: the actor is stopping or has stopped meanwhile; the
    /// message is still the caller's.
    /// </summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the message is still the caller's.</exception>
    public abstract ValueTask<bool> TellAsync(TMessage message, CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends a question that carries the address for its answer, and waits for the one answer. Answers that come later are
    /// dead letters.
    /// </summary>
    /// <param name="question">Makes the message from the address to answer to.</param>
    /// <param name="timeout">How long to wait, on the system's clock, for room in the mailbox and for the answer.</param>
    /// <param name="cancellationToken">Gives the question up.</param>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    /// <exception cref="InvalidOperationException">The actor has stopped and did not take the question.</exception>
    public async Task<TReply> AskAsync<TReply>(
        Func<ActorRef<TReply>, TMessage> question,
        TimeSpan timeout,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        var promise = new PromiseRef<TReply>(System, this);
        using var deadline = new CancellationTokenSource(timeout, System.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            if (!await TellAsync(question(promise), either.Token).ConfigureAwait(false))
            {
                throw new InvalidOperationException($"{Path} has stopped and takes no question");
            }

            return await promise.Answer.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (promise.Answer.IsCompletedSuccessfully)
        {
            // The answer and the deadline crossed; an answer that was taken is not thrown away.
            return await promise.Answer.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{Path} gave no answer within {timeout}");
        }
        finally
        {
            promise.GiveUp();
        }
    }
}

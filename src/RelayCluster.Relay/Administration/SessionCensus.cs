using System.Runtime.CompilerServices;
using RelayCluster.Actors;
using RelayCluster.Relay.Servers;
using RelayCluster.Relay.Sessions;
using RelayCluster.Relay.Streams;

namespace RelayCluster.Relay.Administration;

/// <summary>
/// Asks the actors how they are. Everybody answers for themselves, in a turn of their own, so nothing of theirs is read
/// from outside, and who is gone meanwhile is left out. What is held at a time is a page of sessions, or a bounded part
/// of one session.
/// </summary>
internal sealed class SessionCensus(ActorRef<SessionsMessage> sessions)
{
    /// <summary>How many of each kind one session tells of.</summary>
    public const int MaxParts = 1000;

    private const int PageSize = 100;

    /// <summary>For those who are alive, and answer in their next turn.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>All sessions, in the order in which they came. Who comes or goes meanwhile may be missing.</summary>
    public async IAsyncEnumerable<SessionSummary> GetSessionsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (IReadOnlyList<ActorRef<SessionMessage>> page in GetPagesAsync(cancellationToken)
            .ConfigureAwait(false))
        {
            SessionSummary?[] summaries = await Task.WhenAll(page.Select(session =>
                AskAsync<SessionMessage, SessionSummary>(
                    session, replyTo => new SessionMessage.Describe(replyTo), cancellationToken)))
                .ConfigureAwait(false);
            foreach (SessionSummary summary in summaries.OfType<SessionSummary>())
            {
                yield return summary;
            }
        }
    }

    /// <summary>One session with all that works for it; null if there is none of that name.</summary>
    public async Task<SessionTree?> GetSessionAsync(string id, CancellationToken cancellationToken)
    {
        SessionParts? parts = await FindAsync(id, cancellationToken).ConfigureAwait(false) is { } session
            ? await AskAsync<SessionMessage, SessionParts>(
                session, replyTo => new SessionMessage.Dissect(MaxParts, replyTo), cancellationToken)
                .ConfigureAwait(false)
            : null;
        if (parts is null)
        {
            return null;
        }

        Task<ServerSummary?[]> servers = Task.WhenAll(parts.Servers.Select(server =>
            AskAsync<ServerMessage, ServerSummary>(
                server, replyTo => new ServerMessage.Describe(replyTo), cancellationToken)));
        Task<StreamSummary?[]> streams = Task.WhenAll(parts.Streams.Select(stream =>
            AskAsync<StreamMessage, StreamSummary>(
                stream, replyTo => new StreamMessage(null, replyTo), cancellationToken)));
        return new SessionTree(
            parts.Session,
            [.. (await servers.ConfigureAwait(false)).OfType<ServerSummary>()],
            [.. (await streams.ConfigureAwait(false)).OfType<StreamSummary>()],
            parts.Queries,
            Math.Max(parts.Session.Streams, Math.Max(parts.Session.Servers, parts.Session.Queries)) <= MaxParts);
    }

    /// <summary>The session of a name; null if there is none.</summary>
    public Task<ActorRef<SessionMessage>?> FindAsync(string id, CancellationToken cancellationToken) =>
        AskAsync<SessionsMessage, ActorRef<SessionMessage>>(
            sessions, replyTo => new SessionsMessage.Find(id, replyTo), cancellationToken);

    /// <summary>Tells all sessions something, each as soon as its mailbox has room.</summary>
    public async Task TellAllAsync(SessionMessage message, CancellationToken cancellationToken)
    {
        await foreach (IReadOnlyList<ActorRef<SessionMessage>> page in GetPagesAsync(cancellationToken)
            .ConfigureAwait(false))
        {
            foreach (ActorRef<SessionMessage> session in page)
            {
                await session.TellAsync(message, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task<TReply?> AskAsync<TMessage, TReply>(
        ActorRef<TMessage> actor,
        Func<ActorRef<TReply?>, TMessage> question,
        CancellationToken cancellationToken)
        where TReply : class
    {
        try
        {
            return await actor.AskAsync(question, Patience, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            // It is gone, or going.
            return null;
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<ActorRef<SessionMessage>>> GetPagesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after = 0;
        while (await AskAsync<SessionsMessage, SessionsPage>(
            sessions, replyTo => new SessionsMessage.List(after, PageSize, replyTo), cancellationToken)
            .ConfigureAwait(false) is { Sessions.Count: > 0 } page)
        {
            yield return page.Sessions;
            after = page.Last;
        }
    }
}

using System.Runtime.CompilerServices;
using RelayCluster.Client.Custody;
using RelayCluster.Client.Sessions;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;

namespace RelayCluster.Client.Queries;

/// <summary>The queries of a session. A result for one that nobody reads any more is dropped.</summary>
internal sealed class SessionQueries(RelayLink link, Signatures signatures)
{
    private readonly AliasTable<RelayedQuery> _queries = new();

    /// <summary>Asks the relay when the first reply is asked for.</summary>
    /// <param name="ask">The message that asks, under this id.</param>
    /// <param name="signer">Signs what the query announces, or takes back; null if the relay signs, or nobody.</param>
    /// <param name="cancellationToken">Stops the enumeration.</param>
    public async IAsyncEnumerable<LookupReply> RunAsync(
        Func<uint, RelayMessage> ask,
        Signer? signer,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new RelayedQuery(link.NextNumber(), link.Inbound);
        _queries.Add(query.Id, query);
        try
        {
            if (signer is not null)
            {
                signatures.Add(query.Id, signer);
            }

            await link.SendAsync(ask(query.Id), cancellationToken).ConfigureAwait(false);
            await foreach (LookupReply reply in query.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return reply;
            }
        }
        finally
        {
            _queries.Remove(query.Id);
            signatures.Remove(query.Id);
            query.Abandon();
        }
    }

    public void HandleResult(ResultMessage result)
    {
        if (_queries.TryGet(result.Id, out RelayedQuery? query))
        {
            query.HandleResult(result);
        }
    }

    public void HandleFinished(FinishedMessage finished)
    {
        if (_queries.TryRemove(finished.Id, out RelayedQuery? query))
        {
            query.Finish();
        }
    }

    /// <summary>The session is over.</summary>
    public void Close(DhtException end)
    {
        foreach (RelayedQuery query in _queries.Close(end))
        {
            query.Finish(end);
        }
    }
}

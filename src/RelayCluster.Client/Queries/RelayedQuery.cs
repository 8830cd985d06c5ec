using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RelayCluster.Client.Sessions;
using RelayCluster.Dht;
using RelayCluster.Protocol.Messages;

namespace RelayCluster.Client.Queries;

/// <summary>
/// A lookup, announce or unannounce under way: the relay tells each node's reply, and in the end that it is finished.
/// Replies wait here for the one who enumerates them, charged to the session's budget. The protocol has no word to stop a
/// query, so when somebody stops enumerating, what still comes is dropped.
/// </summary>
internal sealed class RelayedQuery(uint id, InboundBudget budget)
{
    // what is in it is charged to the budget, and the session reads no more when that is used up
    private readonly Channel<(LookupReply Reply, int Cost)> _replies =
        Channel.CreateUnbounded<(LookupReply Reply, int Cost)>();

    public uint Id => id;

    /// <exception cref="Wire.ProtocolException">The result is none of these queries'.</exception>
    public void HandleResult(ResultMessage result)
    {
        LookupReply reply = ToReply(Announcers.Decode(result.Data.Span));
        int cost = InboundBudget.CostOf(result.Data.Length);
        budget.Add(cost);
        if (!_replies.Writer.TryWrite((reply, cost)))
        {
            budget.Remove(cost);
        }
    }

    /// <summary>No more replies come: the query is finished, or failed.</summary>
    public void Finish(DhtException? failure = null) => _replies.Writer.TryComplete(failure);

    /// <summary>The replies as they come.</summary>
    /// <exception cref="DhtException">The connection to the relay was lost meanwhile.</exception>
    public async IAsyncEnumerable<LookupReply> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _replies.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_replies.Reader.TryRead(out (LookupReply Reply, int Cost) next))
            {
                budget.Remove(next.Cost);
                yield return next.Reply;
            }
        }
    }

    /// <summary>Nobody will read it any more: what waits is given back.</summary>
    public void Abandon()
    {
        Finish();
        while (_replies.Reader.TryRead(out (LookupReply Reply, int Cost) next))
        {
            budget.Remove(next.Cost);
        }
    }

    private static LookupReply ToReply(Announcers announcers) => new(
        announcers.Token,
        ToAddress(announcers.From),
        ToAddress(announcers.To),
        [.. announcers.Peers.Select(static peer => new DhtPeer(peer.PublicKey, peer.RelayAddresses))]);

    private static DhtNodeAddress ToAddress(AnnouncingNode node) => new(node.Id, node.EndPoint);
}

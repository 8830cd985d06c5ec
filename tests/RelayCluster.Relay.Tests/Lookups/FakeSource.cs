using System.Runtime.CompilerServices;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Lookups;

/// <summary>A DHT whose queries the test answers one by one.</summary>
internal sealed class FakeSource
{
    private readonly List<FakeQuery> _queries = [];

    /// <summary>All queries that were begun.</summary>
    public IReadOnlyList<FakeQuery> Queries
    {
        get
        {
            lock (_queries)
            {
                return [.. _queries];
            }
        }
    }

    public async IAsyncEnumerable<LookupReply> Query(
        Fixed32 topic,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new FakeQuery(topic);
        lock (_queries)
        {
            _queries.Add(query);
        }

        try
        {
            await foreach (LookupReply reply in query.ReadAllAsync(cancellationToken))
            {
                yield return reply;
            }
        }
        finally
        {
            query.IsOver = true;
        }
    }
}

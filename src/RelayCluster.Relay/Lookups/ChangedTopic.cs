using System.Runtime.CompilerServices;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>An announce or unannounce, after which what was found before is out of date.</summary>
internal static class ChangedTopic
{
    /// <summary>
    /// The replies to a change of a topic, the end of which waits until the old answer is forgotten: the client that
    /// hears that it is finished finds, or does not find, itself. One that fails may have changed some nodes as well.
    /// </summary>
    public static async IAsyncEnumerable<LookupReply> ForgetAfter(
        this ITopicLookups lookups,
        Fixed32 topic,
        IAsyncEnumerable<LookupReply> change,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (LookupReply reply in change.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return reply;
            }
        }
        finally
        {
            await lookups.ForgetAsync(topic, cancellationToken).ConfigureAwait(false);
        }
    }
}

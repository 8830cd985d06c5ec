using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Lookups;

/// <summary>
/// Where the sessions of a relay have their topics looked up: on this node by itself, all who ask for a topic share one
/// query; in a fleet, all of the fleet do.
/// </summary>
public interface ITopicLookups
{
    /// <summary>
    /// The announcers of a topic: what the nodes closest to it answer, as it comes in, as if it were a query of one's
    /// own. Who reads slowly holds up nobody else; leaving the enumeration takes back the asking.
    /// </summary>
    /// <exception cref="DhtException">The query failed; all who shared it are told the same.</exception>
    IAsyncEnumerable<LookupReply> LookupAsync(Fixed32 topic, CancellationToken cancellationToken = default);

    /// <summary>
    /// Something was announced or taken back under a topic through this relay: whoever asks from now on is not given
    /// what was found before. Completes when that is sure for this relay's sessions, or cannot be had; it never fails.
    /// </summary>
    /// <param name="topic">The topic.</param>
    /// <param name="cancellationToken">Ends the wait for other nodes; here the topic is forgotten all the same.</param>
    ValueTask ForgetAsync(Fixed32 topic, CancellationToken cancellationToken = default);

    /// <summary>The topics that are being looked up or kept on this node now, in no order.</summary>
    Task<IReadOnlyList<TopicLookup>> ListAsync(CancellationToken cancellationToken = default);
}

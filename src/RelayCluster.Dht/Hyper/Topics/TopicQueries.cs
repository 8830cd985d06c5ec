using System.Runtime.CompilerServices;
using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Rpc;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Topics;

/// <summary>
/// Lookups, and the announcements that begin with one: the replies of the nodes closest to the topic are told as they
/// come in, and in the end each of the closest is asked to store or forget.
/// <para>
/// An announcement is signed anew for every node, for it names the node and the token that the node gave. A withdrawal
/// goes only to nodes that named the key in their reply, or that know more announcers than they tell, and goes while
/// the
/// query is still running.
/// </para>
/// </summary>
internal sealed class TopicQueries(RpcNode node)
{
    /// <summary>From this many peers on a reply does not show whether a key is among those that a node knows.</summary>
    private const int FullReply = 20;

    public async IAsyncEnumerable<LookupReply> LookupAsync(
        Fixed32 topic,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RpcQuery query = node.Query(new RpcRequest(HyperCommand.Lookup, topic));
        await foreach (RpcReply reply in query.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (ReadReply(reply) is { } found)
            {
                yield return found;
            }
        }
    }

    public async IAsyncEnumerable<LookupReply> AnnounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        IReadOnlyList<UdpEndPoint> relayAddresses,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var peer = new PeerRecord(keyPair.PublicKey, [.. relayAddresses]);
        var options = new RpcQueryOptions
        {
            Commit = (reply, stopping) =>
                SendSignedAsync(HyperCommand.Announce, HyperNamespace.Announce, topic, peer, keyPair, reply, stopping),
        };
        RpcQuery query = node.Query(new RpcRequest(HyperCommand.Lookup, topic), options);
        await foreach (RpcReply reply in query.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (ReadReply(reply) is { } found)
            {
                yield return found;
            }
        }
    }

    public async IAsyncEnumerable<LookupReply> UnannounceAsync(
        Fixed32 topic,
        KeyPair keyPair,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var peer = new PeerRecord(keyPair.PublicKey, []);
        List<Task> withdrawals = [];
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            RpcQuery query = node.Query(new RpcRequest(HyperCommand.Lookup, topic));
            await foreach (RpcReply reply in query.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (ReadReply(reply) is not { } found)
                {
                    continue;
                }

                if (found.Peers.Count >= FullReply || found.Peers.Any(p => p.PublicKey == keyPair.PublicKey))
                {
                    Fixed32 scope = HyperNamespace.Unannounce;
                    withdrawals.Add(SendSignedAsync(
                        HyperCommand.Unannounce, scope, topic, peer, keyPair, reply, stopping.Token));
                }

                yield return found;
            }

            // a node that does not answer forgets by itself
            await Task.WhenAll(withdrawals).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(withdrawals).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static LookupReply? ReadReply(RpcReply reply)
    {
        if (reply.Value is not { } value || LookupRawReply.TryDecode(value.Span) is not { } found)
        {
            return null;
        }

        return new LookupReply(
            reply.Token,
            new DhtNodeAddress(reply.FromId, reply.From.ToIPEndPoint()),
            new DhtNodeAddress(null, reply.To.ToIPEndPoint()),
            [.. found.Peers.Select(p => p.ToPeer())]);
    }

    /// <summary>Asks a node that replied to store or forget the peer.</summary>
    /// <exception cref="DhtException">It gave no token, or did not answer, or refused.</exception>
    private async Task SendSignedAsync(
        uint command,
        Fixed32 scope,
        Fixed32 topic,
        PeerRecord peer,
        KeyPair keyPair,
        RpcReply reply,
        CancellationToken cancellationToken)
    {
        if (reply.Token is not { } token || reply.FromId is not { } nodeId)
        {
            throw new DhtException(DhtError.RequestTimeout, $"{reply.From} takes no announcements");
        }

        byte[] value = new AnnounceMessage
        {
            Peer = peer,
            Signature = AnnounceSignature.Sign(scope, topic, token, nodeId, peer, refresh: null, keyPair),
        }.Encode();
        var request = new RpcRequest(command, topic, value, token);
        await node.RequestAsync(reply.From, request, cancellationToken).ConfigureAwait(false);
    }
}

using System.Net;
using System.Runtime.CompilerServices;
using RelayCluster.Dht.Foreign;
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
        IAnnounceSigner signer,
        IReadOnlyList<UdpEndPoint> relayAddresses,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var peer = new PeerRecord(signer.PublicKey, [.. relayAddresses]);
        var options = new RpcQueryOptions
        {
            Commit = (reply, stopping) =>
                SendSignedAsync(isWithdrawal: false, topic, peer, signer, reply, stopping),
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
        IAnnounceSigner signer,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var peer = new PeerRecord(signer.PublicKey, []);
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

                if (found.Peers.Count >= FullReply || found.Peers.Any(p => p.PublicKey == signer.PublicKey))
                {
                    withdrawals.Add(
                        SendSignedAsync(isWithdrawal: true, topic, peer, signer, reply, stopping.Token));
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
    /// <exception cref="DhtException">It gave no token, or did not answer, or refused, or nothing was
    /// signed.</exception>
    private async Task SendSignedAsync(
        bool isWithdrawal,
        Fixed32 topic,
        PeerRecord peer,
        IAnnounceSigner signer,
        RpcReply reply,
        CancellationToken cancellationToken)
    {
        if (reply.Token is not { } token || reply.FromId is not { } nodeId)
        {
            throw new DhtException(DhtError.RequestTimeout, $"{reply.From} takes no announcements");
        }

        IPEndPoint[] relayAddresses = peer.RelayAddresses.ToIPEndPoints();
        var announce = new AnnounceToSign(isWithdrawal, topic, token, nodeId, peer.PublicKey, relayAddresses);
        byte[] signature = await signer.SignAsync(announce, cancellationToken).ConfigureAwait(false)
            ?? throw new DhtException(DhtError.RequestTimeout, $"nothing was signed for {reply.From}");
        byte[] value = new AnnounceMessage { Peer = peer, Signature = signature }.Encode();
        uint command = isWithdrawal ? HyperCommand.Unannounce : HyperCommand.Announce;
        var request = new RpcRequest(command, topic, value, token);
        await node.RequestAsync(reply.From, request, cancellationToken).ConfigureAwait(false);
    }
}

using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Rpc;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Records;

/// <summary>
/// What a full member of the DHT stores of announcers, and tells those who look for them.
/// <para>
/// There are two kinds. Who announces a key under a topic is kept as one of the topic's records, for LOOKUP. Who
/// announces under the hash of its own public key is a server: the node also becomes its relay, so the record goes to
/// the <see cref="Router"/> together with the address that the announcement came from, for FIND_PEER.
/// </para>
/// <para>
/// An announcement needs a token, which shows that the sender receives at its address, and a signature over it, the
/// target and this node's id. It can leave a refresh hash: whoever later shows the preimage renews the announcement
/// from
/// wherever it is then, without a signature, and the preimage becomes the next hash. What is not renewed is forgotten
/// in 13 to 27 minutes. A bump is the announcer's clock at the time when it last wanted to be looked at again; the
/// latest
/// of a topic is told in lookups, unless it lies in the future.
/// </para>
/// <para>Requests that make no sense get no answer. Source: hyperdht 6.34, lib/persistent.js.</para>
/// </summary>
internal sealed class Announcements
{
    /// <summary>How many records a lookup is answered with.</summary>
    public const int MaxLookupRecords = 20;

    /// <summary>How far an announcer's clock may be ahead of ours.</summary>
    private static readonly TimeSpan MaxBumpDrift = TimeSpan.FromMinutes(1);

    private readonly Router _router;
    private readonly RecordCache _records;
    private readonly AgingCache<Fixed32, ulong> _bumps;
    private readonly AgingCache<Fixed32, Refreshable> _refreshes;

    public Announcements(Router router, int maxRecords, TimeSpan maxAge, Random random)
    {
        _router = router;
        _records = new RecordCache(maxRecords, maxAge, random);
        _bumps = new AgingCache<Fixed32, ulong>(maxRecords, maxAge);
        _refreshes = new AgingCache<Fixed32, Refreshable>(maxRecords, maxAge);
    }

    public Answer HandleFindPeer(TimeSpan now, IncomingRequest request) =>
        request.Target is { } target ? Answer.Reply(_router.FindRecord(now, target)) : Answer.None;

    public Answer HandleLookup(TimeSpan now, IncomingRequest request)
    {
        if (request.Target is not { } target)
        {
            return Answer.None;
        }

        List<byte[]> records = _records.Take(now, target, MaxLookupRecords);
        if (records.Count < MaxLookupRecords && _router.FindRecord(now, target) is { } server)
        {
            records.Add(server);
        }

        if (records.Count == 0)
        {
            return Answer.Reply(null);
        }

        _bumps.TryGet(now, target, out ulong bump);
        return Answer.Reply(LookupRawReply.Encode(records, bump));
    }

    /// <param name="now">Monotonic time.</param>
    /// <param name="utcNow">The clock on the wall, for bumps.</param>
    /// <param name="nodeId">This node's id, which the signature must name.</param>
    /// <param name="request">The request.</param>
    public Answer HandleAnnounce(TimeSpan now, DateTimeOffset utcNow, Fixed32 nodeId, IncomingRequest request)
    {
        if (request.Target is not { } target
            || request.Token is not { } token
            || request.Value is not { } value
            || !AnnounceMessage.TryRead(value.Span, out AnnounceMessage message))
        {
            return Answer.None;
        }

        if (message.Peer is not { } peer)
        {
            return message.Refresh is { } preimage ? Refresh(now, preimage, request) : Answer.None;
        }

        Fixed32 scope = HyperNamespace.Announce;
        if (!AnnounceSignature.Verify(scope, target, token, nodeId, peer, message.Refresh, message.Signature))
        {
            return Answer.None;
        }

        if (peer.RelayAddresses.Length > PeerRecord.MaxRelayAddresses)
        {
            peer = peer with { RelayAddresses = peer.RelayAddresses[..PeerRecord.MaxRelayAddresses] };
        }

        var announcement = new Refreshable(target, peer.PublicKey, peer.Encode());
        Store(now, announcement, request);
        if (!announcement.IsServer)
        {
            Bump(now, utcNow, target, message.Bump);
        }

        if (message.Refresh is { } refresh)
        {
            _refreshes.Set(now, refresh, announcement);
        }

        return Answer.Done();
    }

    public Answer HandleUnannounce(Fixed32 nodeId, IncomingRequest request)
    {
        if (request.Target is not { } target
            || request.Token is not { } token
            || request.Value is not { } value
            || !AnnounceMessage.TryRead(value.Span, out AnnounceMessage message)
            || message.Peer is not { } peer)
        {
            return Answer.None;
        }

        Fixed32 scope = HyperNamespace.Unannounce;
        if (!AnnounceSignature.Verify(scope, target, token, nodeId, peer, message.Refresh, message.Signature))
        {
            return Answer.None;
        }

        Remove(target, peer.PublicKey);
        return Answer.Done();
    }

    /// <summary>Forgets an announcer.</summary>
    public void Remove(Fixed32 target, Fixed32 publicKey)
    {
        if (Blake2b.Hash(publicKey.Span) == target)
        {
            _router.Remove(target);
        }

        _records.Remove(target, publicKey);
    }

    private Answer Refresh(TimeSpan now, Fixed32 preimage, IncomingRequest request)
    {
        Fixed32 hash = Blake2b.Hash(preimage.Span);
        if (!_refreshes.TryGet(now, hash, out Refreshable? announcement))
        {
            return Answer.None;
        }

        Store(now, announcement, request);
        _refreshes.Remove(hash);
        _refreshes.Set(now, preimage, announcement);
        return Answer.Done();
    }

    private void Store(TimeSpan now, Refreshable announcement, IncomingRequest request)
    {
        if (announcement.IsServer)
        {
            _router.Set(now, announcement.Target, new Forward(request.From, announcement.Record));
            _records.Remove(announcement.Target, announcement.PublicKey);
        }
        else
        {
            _records.Add(now, announcement.Target, announcement.PublicKey, announcement.Record);
        }
    }

    private void Bump(TimeSpan now, DateTimeOffset utcNow, Fixed32 target, ulong bump)
    {
        _bumps.TryGet(now, target, out ulong latest);
        if (bump > latest && bump <= (ulong)(utcNow + MaxBumpDrift).ToUnixTimeMilliseconds())
        {
            _bumps.Set(now, target, bump);
        }
    }

    private sealed record Refreshable(Fixed32 Target, Fixed32 PublicKey, byte[] Record)
    {
        public bool IsServer { get; } = Blake2b.Hash(PublicKey.Span) == Target;
    }
}

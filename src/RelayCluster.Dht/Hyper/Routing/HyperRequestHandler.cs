using RelayCluster.Dht.Hyper.Records;
using RelayCluster.Dht.Rpc;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Routing;

/// <summary>
/// Answers what other nodes ask of this one. Runs on the node's loop, and so do all the parts it asks. A node that is
/// not a full member relays for its own sake only: it stores nothing.
/// </summary>
internal sealed class HyperRequestHandler : IRpcRequestHandler
{
    private const int MaxRecords = 65536;
    private const int MaxValues = MaxRecords / 2;
    private static readonly TimeSpan MaxRecordAge = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan MaxValueAge = TimeSpan.FromHours(48);

    private readonly TimeProvider _timeProvider;
    private readonly long _started;
    private readonly Router _router = new(MaxRecords, MaxRecordAge);
    private readonly Announcements _announcements;
    private readonly StoredValues _values = new(MaxValues, MaxValueAge);
    private volatile RpcNode? _node;

    public HyperRequestHandler(TimeProvider timeProvider, int seed)
    {
        _timeProvider = timeProvider;
        _started = timeProvider.GetTimestamp();
        _announcements = new Announcements(_router, MaxRecords, MaxRecordAge, new Random(seed));
    }

    /// <summary>Whose requests these are. Those that come before are dropped; the senders ask again.</summary>
    public void Attach(RpcNode node) => _node = node;

    public bool TryHandleRequest(IncomingRequest request)
    {
        if (_node is not { } node)
        {
            return true;
        }

        TimeSpan now = _timeProvider.GetElapsedTime(_started);
        if (Decide(now, node.Id, request) is not { } answer)
        {
            return false;
        }

        answer.ApplyTo(request);
        return true;
    }

    /// <summary>A server of this node begins to answer; on the loop.</summary>
    public void Add(ILocalServer server) => _router.Add(server);

    /// <summary>It does not answer any more; on the loop.</summary>
    public void Remove(ILocalServer server) => _router.Remove(server);

    /// <summary>Forgets an announcement that this node's owner takes back; on the loop.</summary>
    public void Forget(Fixed32 target, Fixed32 publicKey) => _announcements.Remove(target, publicKey);

    private Answer? Decide(TimeSpan now, Fixed32? nodeId, IncomingRequest request) => request.Command switch
    {
        HyperCommand.PeerHandshake => _router.HandleHandshake(now, request),
        HyperCommand.PeerHolepunch => _router.HandleHolepunch(now, request),
        _ => nodeId is { } id ? DecideAsMember(now, id, request) : null,
    };

    private Answer? DecideAsMember(TimeSpan now, Fixed32 id, IncomingRequest request) => request.Command switch
    {
        HyperCommand.FindPeer => _announcements.HandleFindPeer(now, request),
        HyperCommand.Lookup => _announcements.HandleLookup(now, request),
        HyperCommand.Announce => _announcements.HandleAnnounce(now, _timeProvider.GetUtcNow(), id, request),
        HyperCommand.Unannounce => _announcements.HandleUnannounce(id, request),
        HyperCommand.MutablePut => _values.HandleMutablePut(now, request),
        HyperCommand.MutableGet => _values.HandleMutableGet(now, request),
        HyperCommand.ImmutablePut => _values.HandleImmutablePut(now, request),
        HyperCommand.ImmutableGet => _values.HandleImmutableGet(now, request),
        _ => null,
    };
}

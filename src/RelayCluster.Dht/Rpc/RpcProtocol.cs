using RelayCluster.Dht.Rpc.Answers;
using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Dht.Rpc.Nat;
using RelayCluster.Dht.Rpc.Queries;
using RelayCluster.Dht.Rpc.Requests;
using RelayCluster.Dht.Rpc.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc;

/// <summary>
/// The Kademlia node as a state machine without I/O: what dht-rpc 6.27 is on the wire. It joins the parts below,
/// answers the commands of its own layer, and keeps the routing table fresh.
/// </summary>
/// <remarks>
/// <code>
///                 request ──► token, id ──► own commands, or the handler above ──► answers ─┐
///   datagram ──►                │                                                           ├──► datagrams
///                 reply ──► RequestTable ──► queries, checks, awaited requests ──► requests ┘
///                               │
///                               └──► Neighbours (table) and Membership (our address, our id)
/// </code>
/// <para>
/// Everything a stranger can make grow is bounded: answers waiting to be written (<see cref="AnswerQueue"/>; more are
/// dropped, which to the sender is a lost datagram), delayed pings, the routing table (20 a bucket), checks caused by
/// hints, nodes that a query considers. Junk costs a look at a few bytes.
/// </para>
/// <para>
/// One socket instead of the reference's two. dht-rpc asks from a client socket and lets others ping its server socket
/// (PING_NAT) to see whether strangers get through. With one socket that test proves nothing: whoever we ask has a way
/// back through our NAT already. So the node does not guess: it is firewalled unless it is told otherwise, and says so
/// to its peers, which costs a hole punch at worst. PING_NAT of others is answered as the reference answers it: the
/// reply goes from our socket to the port that the value names, on the sender's host and on no other.
/// </para>
/// <para>
/// Time. Every 5 s is a tick: the member's address is looked at, every eighth tick some of the oldest nodes are pinged,
/// and a query for a random known id refreshes the table when nothing was asked for five minutes, or every 64th tick
/// while fewer than 20 nodes are known. A tick that is more than 15 s late means that the machine slept.
/// </para>
/// </remarks>
internal sealed class RpcProtocol : IDatagramProtocol
{
    public static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan SleepThreshold = 3 * TickPeriod;
    private static readonly TimeSpan IdleRefreshPeriod = TimeSpan.FromMinutes(5);

    private readonly RpcNodeOptions _options;
    private readonly IRpcRequestHandler _handler;
    private readonly Action<OutgoingDatagram> _answer;
    private readonly Random _random;
    private readonly TokenSecrets _tokens;
    /// <summary>How many probes may wait to be written.</summary>
    private const int MaxProbes = 256;

    private readonly AnswerQueue _answers;
    private readonly Queue<UdpEndPoint> _probes = new();
    private readonly InternalCommands _internal;
    private readonly HashSet<UdpEndPoint> _anonymousWitnesses = [];
    private TimeSpan _now;
    private TimeSpan _tickedAt;
    private TimeSpan _refreshAt;
    private long _ticks;
    private bool _hasBegun;

    /// <summary>A node that has not begun to join.</summary>
    /// <param name="options">How to join; not changed from here on.</param>
    /// <param name="localEndPoint">Where the socket is bound.</param>
    /// <param name="seeds">Randomness.</param>
    /// <param name="handler">Who answers the commands of the layer above.</param>
    /// <param name="answer">
    /// How answers of the layer above, from any thread, find their way to <see cref="Answer"/> on the loop; null if
    /// there is only one thread.
    /// </param>
    public RpcProtocol(
        RpcNodeOptions options,
        UdpEndPoint localEndPoint,
        RpcSeeds seeds,
        IRpcRequestHandler handler,
        Action<OutgoingDatagram>? answer = null)
    {
        _options = options;
        _handler = handler;
        _answer = answer ?? Answer;
        _random = new Random(seeds.Random);
        _tokens = new TokenSecrets(TimeSpan.Zero, seeds.PreviousSecret, seeds.CurrentSecret);
        Membership = new Membership(
            options.Ephemeral,
            options.Firewalled ?? options.Ephemeral != false,
            localEndPoint);
        Membership.TryJoin(TimeSpan.Zero);
        Id = GetId(Membership);
        Neighbours = new Neighbours(Id ?? seeds.TableId);
        _answers = new AnswerQueue(_tokens, Neighbours, Counters);
        _internal = new InternalCommands(_answers, Neighbours);
        Requests = new RequestTable(
            new CongestionWindow(options.MaxCongestionWindow),
            new ReplyTimeouts(options.AdaptiveTimeouts, _random),
            _random,
            Counters);
        Queries = new QueryRunner(Requests, Neighbours, options.Concurrency, Counters);
    }

    public RpcCounters Counters { get; } = new();

    public Membership Membership { get; }

    public Neighbours Neighbours { get; }

    public RequestTable Requests { get; }

    public QueryRunner Queries { get; }

    /// <summary>Our id; null while we are ephemeral.</summary>
    public Fixed32? Id { get; private set; }

    /// <summary>Whether the first query for neighbours has ended.</summary>
    public bool IsBootstrapped { get; private set; }

    /// <summary>Called when <see cref="IsBootstrapped"/>, the membership or our address changed.</summary>
    public Action? StateChanged { get; set; }

    /// <summary>Called with the sender of a datagram of one byte, which opens NATs and says nothing.</summary>
    public Action<UdpEndPoint>? Probed { get; set; }

    /// <summary>Called when nobody is known or nobody replied: other bootstrap nodes may help.</summary>
    public Action? Isolated { get; set; }

    /// <inheritdoc/>
    public TimeSpan? NextTimeout
    {
        get
        {
            // The loop takes a bounded number of datagrams a turn, and must come back for the rest.
            if (!_answers.IsEmpty || _probes.Count > 0)
            {
                return _now;
            }

            TimeSpan next = _tickedAt + TickPeriod;
            next = Requests.GetNextTimeout(_now) is TimeSpan request && request < next ? request : next;
            return _answers.NextTimeout is TimeSpan answer && answer < next ? answer : next;
        }
    }

    /// <summary>Begins to join: asks the bootstrap nodes for our neighbours.</summary>
    public void Bootstrap(TimeSpan now, IReadOnlyList<UdpEndPoint> bootstrapNodes)
    {
        _now = now;
        _hasBegun = true;
        Queries.BootstrapNodes = bootstrapNodes;
        Bootstrap(now, isSecondTry: false);
    }

    /// <summary>
    /// The names of bootstrap nodes were looked up: joins with them, or tries again if they are others.
    /// </summary>
    public void HandleResolved(TimeSpan now, IReadOnlyList<UdpEndPoint> bootstrapNodes)
    {
        if (!_hasBegun)
        {
            Bootstrap(now, bootstrapNodes);
        }
        else if (!bootstrapNodes.SequenceEqual(Queries.BootstrapNodes))
        {
            _now = now;
            Queries.BootstrapNodes = bootstrapNodes;
            StartBackgroundQuery(now, Neighbours.Table.Id, finished: null);
        }
    }

    /// <summary>Puts an answer into the queue.</summary>
    public void Answer(OutgoingDatagram answer) => _answers.Add(answer);

    /// <summary>Sends a datagram of one byte; dropped while too many wait.</summary>
    public void SendProbe(UdpEndPoint to)
    {
        if (_probes.Count < MaxProbes && to.Port != 0)
        {
            _probes.Enqueue(to);
        }
    }

    /// <summary>Begins a query for the layer above.</summary>
    public void StartQuery(TimeSpan now, QueryRun run, ReadOnlySpan<UdpEndPoint> earlierNodes)
    {
        _now = now;
        _refreshAt = now + IdleRefreshPeriod;
        run.Query.Self = Membership.MemberAddress;
        Queries.Start(now, run, earlierNodes);
    }

    /// <inheritdoc/>
    public void HandleDatagram(TimeSpan now, UdpEndPoint from, ReadOnlySpan<byte> datagram)
    {
        _now = now;
        if (from.Port == 0)
        {
            Counters.DatagramsIgnored++;
        }
        else if (datagram.Length == 1)
        {
            Probed?.Invoke(from);
        }
        else if (RequestMessage.TryRead(datagram, out RequestMessage request))
        {
            HandleRequest(now, from, request);
        }
        else if (ReplyMessage.TryRead(datagram, out ReplyMessage reply))
        {
            HandleReply(now, from, reply);
        }
        else
        {
            Counters.DatagramsIgnored++;
        }
    }

    /// <inheritdoc/>
    public void HandleTimeout(TimeSpan now)
    {
        _now = now;
        Requests.HandleTimeout(now);
        _answers.HandleTimeout(now);
        if (now - _tickedAt >= TickPeriod)
        {
            HandleTick(now);
        }
    }

    /// <inheritdoc/>
    public bool TryWriteDatagram(TimeSpan now, Span<byte> destination, out int bytesWritten, out UdpEndPoint receiver)
    {
        _now = now;
        while (Neighbours.TryTakeCheck(out NodeCheck check))
        {
            Requests.Start(now, check);
        }

        if (_probes.TryDequeue(out receiver))
        {
            destination[0] = 0;
            bytesWritten = 1;
            return true;
        }

        if (_answers.TryWriteDatagram(now, Id, destination, out bytesWritten, out receiver))
        {
            return true;
        }

        while (Requests.TryTakeSendable(now, out InFlightRequest request))
        {
            RequestMessage message = ToMessage(request);
            if (message.GetEncodedSize() <= destination.Length)
            {
                bytesWritten = message.Write(destination);
                receiver = request.To;
                return true;
            }
        }

        bytesWritten = 0;
        receiver = default;
        return false;
    }

    /// <summary>Gives everything up.</summary>
    public void Close(TimeSpan now)
    {
        Queries.CancelAll(now);
        Requests.CancelAll(now, RequestFailure.NodeClosed);
        _answers.Clear();
        _probes.Clear();
    }

    private void HandleRequest(TimeSpan now, UdpEndPoint from, in RequestMessage request)
    {
        Counters.RequestsReceived++;
        if (request.Token is Fixed32 token && !_tokens.IsValid(now, from, token))
        {
            _internal.HandleInvalidToken(from, request);
            return;
        }

        Fixed32? fromId = CheckId(request.Id, from);
        if (fromId is Fixed32 id)
        {
            HandleHeard(now, id, from, request.To);
        }

        if (request.IsInternal)
        {
            _internal.HandleRequest(now, from, request);
            return;
        }

        var incoming = new IncomingRequest(_answer)
        {
            From = from,
            FromId = fromId,
            To = request.To,
            TransactionId = request.TransactionId,
            Command = request.Command,
            Target = request.Target,
            Token = request.Token,
            Value = request.HasValue ? (ReadOnlyMemory<byte>?)request.Value.ToArray() : null,
        };
        if (!_handler.TryHandleRequest(incoming))
        {
            _internal.HandleUnknown(from, request);
        }
    }

    private void HandleReply(TimeSpan now, UdpEndPoint from, in ReplyMessage reply)
    {
        Fixed32? fromId = CheckId(reply.Id, from);
        if (!Requests.IsExpected(from, reply.TransactionId))
        {
            Counters.DatagramsIgnored++;
            return;
        }

        // The table hears of it before the request's owner does: a check looks whether it did.
        if (fromId is Fixed32 id)
        {
            HandleHeard(now, id, from, reply.To);
        }
        else if (_anonymousWitnesses.Count < Math.Max(1, Queries.BootstrapNodes.Count) && _anonymousWitnesses.Add(from))
        {
            HandleWitness(now, reply.To);
        }

        Requests.TryHandleReply(now, from, fromId, reply);
    }

    private void HandleHeard(TimeSpan now, in Fixed32 id, UdpEndPoint from, UdpEndPoint seenAs)
    {
        if (_options.NodeFilter is not null && !_options.NodeFilter(from))
        {
            return;
        }

        if (Neighbours.HandleHeard(now, id, from))
        {
            HandleWitness(now, seenAs);
        }
    }

    private void HandleWitness(TimeSpan now, UdpEndPoint seenAs)
    {
        if (!Membership.HandleWitness(now, seenAs))
        {
            return;
        }

        // Later moves wait for the next tick, so that disagreeing witnesses cannot make the node move all the time.
        if (Membership.IsEphemeral)
        {
            TryJoin(now);
        }

        StateChanged?.Invoke();
    }

    private void TryJoin(TimeSpan now)
    {
        if (!Membership.TryJoin(now))
        {
            return;
        }

        Id = GetId(Membership);
        Neighbours.MoveTo(Id!.Value);
        if (IsBootstrapped)
        {
            Refresh(now);
        }

        StateChanged?.Invoke();
    }

    private void HandleTick(TimeSpan now)
    {
        if (now - _tickedAt > SleepThreshold)
        {
            _refreshAt = now;
            if (Membership.HandleWakeUp(now))
            {
                Id = null;
                StateChanged?.Invoke();
            }
        }

        _tickedAt = now;
        _ticks++;
        Queries.HandleTick();
        if (!IsBootstrapped)
        {
            return;
        }

        TryJoin(now);
        bool isLonely = Neighbours.Table.Count == 0;
        if ((_ticks & 7) == 0 && !isLonely)
        {
            Neighbours.CheckOldest(now, isBusy: Requests.Count > 2);
        }

        bool isSparse = Neighbours.Table.Count < KBucket.Capacity;
        if (now >= _refreshAt || ((_ticks & 63) == 0 && isSparse) || ((_ticks & 7) == 0 && isLonely))
        {
            Refresh(now);
        }
    }

    private void Refresh(TimeSpan now)
    {
        RoutingTable table = Neighbours.Table;
        if (table.Count == 0)
        {
            Isolated?.Invoke();
        }

        Fixed32 target = table.Count == 0 ? table.Id : table[_random.Next(table.Count)].Id;
        StartBackgroundQuery(now, target, finished: null);
    }

    private void Bootstrap(TimeSpan now, bool isSecondTry)
    {
        Fixed32 id = Neighbours.Table.Id;
        StartBackgroundQuery(now, id, query =>
        {
            bool hasMoved = id != Neighbours.Table.Id;
            if (hasMoved && !isSecondTry)
            {
                // We became a member meanwhile: who our neighbours are is another question now, and they shall know us.
                Bootstrap(_now, isSecondTry: true);
                return;
            }

            IsBootstrapped = true;
            Neighbours.MaySwap = true;
            StateChanged?.Invoke();
            if (query.Successes == 0)
            {
                Isolated?.Invoke();
            }
        });
    }

    private void StartBackgroundQuery(TimeSpan now, Fixed32 target, Action<Query>? finished)
    {
        var query = new Query(target, _options.Concurrency, _options.NodeFilter);
        var request = new RpcRequest(RpcCommand.FindNode, target) { IsInternal = true, Retries = 5 };
        StartQuery(now, new QueryRun(target, request, query)
        {
            IsBackground = true,
            Finished = time =>
            {
                _now = time;
                finished?.Invoke(query);
            },
        }, []);
    }

    private static Fixed32? GetId(Membership membership) =>
        membership.MemberAddress is UdpEndPoint address ? NodeId.Of(address) : null;

    /// <summary>An id that is not the one of its sender's address is as good as none.</summary>
    private static Fixed32? CheckId(Fixed32? id, UdpEndPoint from) =>
        id is Fixed32 given && given == NodeId.Of(from) ? given : null;

    private RequestMessage ToMessage(InFlightRequest request) => new()
    {
        TransactionId = request.TransactionId,
        To = request.To,
        Id = Id,
        Token = request.Request.Token,
        IsInternal = request.Request.IsInternal,
        Command = request.Request.Command,
        Target = request.Request.Target,
        HasValue = request.Request.Value is not null,
        Value = request.Request.Value.GetValueOrDefault().Span,
    };
}

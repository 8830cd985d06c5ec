using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Requests;

/// <summary>
/// The requests under way: numbers them, decides when each is sent and sent again, and finds the one that a reply
/// belongs to. A state machine without I/O.
/// </summary>
/// <remarks>
/// <code>
///   Start ──► waiting for room ──TryTakeSendable──► sent, deadline runs ──reply──► done
///                  ▲      in the window                │
///                  └────────── retries left ───────────┤ deadline passed
///                                                      └── none left ──► failed
/// </code>
/// <para>
/// Transaction ids are 16 bits and picked at random among the free ones, and a reply must come from the address that
/// was asked. The reference counts its numbers up and looks at nothing else, so that whoever was asked once can guess
/// how to answer for others. Replies that take a way round (PING_NAT, a relayed handshake) still end with the node that
/// was asked, so nothing is lost by looking.
/// </para>
/// <para>
/// Deadlines lie in a heap, where an entry is void if its request has got another deadline since or is done. Void
/// entries are thrown away when their time comes, so there are not more of them than were sent in the last seconds.
/// </para>
/// </remarks>
internal sealed class RequestTable
{
    /// <summary>
    /// A quarter of the numbers: enough for the window many times over, and a free one is quickly found.
    /// </summary>
    public const int MaxInFlight = 16384;

    private readonly Dictionary<ushort, InFlightRequest> _inFlight = [];
    private readonly Queue<InFlightRequest> _waiting = new();
    private readonly PriorityQueue<InFlightRequest, TimeSpan> _deadlines = new();
    private readonly CongestionWindow _window;
    private readonly ReplyTimeouts _timeouts;
    private readonly Random _random;
    private readonly RpcCounters _counters;

    public RequestTable(CongestionWindow window, ReplyTimeouts timeouts, Random random, RpcCounters counters)
    {
        _window = window;
        _timeouts = timeouts;
        _random = random;
        _counters = counters;
    }

    /// <summary>How many requests have no reply yet.</summary>
    public int Count => _inFlight.Count;

    /// <summary>Takes a request on.</summary>
    public void Start(TimeSpan now, InFlightRequest request)
    {
        if (_inFlight.Count >= MaxInFlight)
        {
            request.IsDone = true;
            request.HandleFailure(now, RequestFailure.TooMany);
            return;
        }

        ushort number;
        do
        {
            number = (ushort)_random.Next(ushort.MaxValue + 1);
        }
        while (!_inFlight.TryAdd(number, request));

        request.TransactionId = number;
        _waiting.Enqueue(request);
        _counters.RequestsStarted++;
    }

    /// <summary>The next request to be put into a datagram, if the window has room for one.</summary>
    public bool TryTakeSendable(TimeSpan now, out InFlightRequest request)
    {
        while (_waiting.TryPeek(out request!))
        {
            if (request.IsDone)
            {
                _waiting.Dequeue();
                continue;
            }

            if (_window.IsFull(now))
            {
                return false;
            }

            _waiting.Dequeue();
            MarkSent(now, request);
            return true;
        }

        return false;
    }

    /// <summary>Whether somebody waits for a reply of this number from there.</summary>
    public bool IsExpected(UdpEndPoint from, ushort transactionId) =>
        _inFlight.TryGetValue(transactionId, out InFlightRequest? request)
        && request.To == from
        && request.Attempts > 0;

    /// <summary>A reply arrived; false if nobody waits for it.</summary>
    public bool TryHandleReply(TimeSpan now, UdpEndPoint from, Fixed32? fromId, in ReplyMessage message)
    {
        if (!IsExpected(from, message.TransactionId))
        {
            return false;
        }

        InFlightRequest request = _inFlight[message.TransactionId];

        TimeSpan roundTrip = now - request.FirstSentAt;
        if (request.Attempts <= 2)
        {
            _timeouts.HandleRoundTrip(from, roundTrip);
        }

        Remove(now, request);
        _counters.RepliesReceived++;
        request.HandleReply(now, new RpcReply
        {
            From = from,
            FromId = fromId,
            To = message.To,
            Token = message.Token,
            CloserNodes = message.ReadCloserNodes(),
            Error = message.Error,
            Value = message.HasValue ? (ReadOnlyMemory<byte>?)message.Value.ToArray() : null,
            RoundTripTime = roundTrip,
        });
        return true;
    }

    /// <summary>Gives a request up, if it is not done yet.</summary>
    public void Cancel(TimeSpan now, InFlightRequest request, RequestFailure failure = RequestFailure.Cancelled)
    {
        if (!request.IsDone && _inFlight.ContainsKey(request.TransactionId))
        {
            Remove(now, request);
            request.HandleFailure(now, failure);
        }
    }

    /// <summary>Gives every request up.</summary>
    public void CancelAll(TimeSpan now, RequestFailure failure)
    {
        foreach (InFlightRequest request in _inFlight.Values.ToArray())
        {
            Cancel(now, request, failure);
        }

        _waiting.Clear();
        _deadlines.Clear();
    }

    /// <summary>The next deadline, or when the window has room for a request that waits.</summary>
    public TimeSpan? GetNextTimeout(TimeSpan now)
    {
        DropVoidDeadlines();
        TimeSpan? next = _deadlines.TryPeek(out _, out TimeSpan deadline) ? deadline : null;
        if (_waiting.Count > 0)
        {
            TimeSpan room = _window.IsFull(now) ? _window.NextTurn(now) : now;
            next = next < room ? next : room;
        }

        return next;
    }

    /// <summary>Lets requests whose deadline has passed be sent again or fail.</summary>
    public void HandleTimeout(TimeSpan now)
    {
        while (_deadlines.TryPeek(out InFlightRequest? request, out TimeSpan deadline) && deadline <= now)
        {
            _deadlines.Dequeue();
            if (!request.IsDone && request.Deadline == deadline)
            {
                HandleDeadline(now, request);
            }
        }
    }

    private void HandleDeadline(TimeSpan now, InFlightRequest request)
    {
        request.Deadline = null;
        request.HandleSlow(now);
        if (request.IsDone)
        {
            return;
        }

        if (request.Attempts > request.Request.Retries)
        {
            Remove(now, request);
            _counters.RequestsTimedOut++;
            request.HandleFailure(now, RequestFailure.TimedOut);
        }
        else
        {
            _counters.Retries++;
            _waiting.Enqueue(request);
        }
    }

    private void MarkSent(TimeSpan now, InFlightRequest request)
    {
        if (request.Attempts++ == 0)
        {
            request.FirstSentAt = now;
        }

        _window.HandleSent(now);
        TimeSpan deadline = now + (request.Request.Timeout ?? _timeouts.GetTimeout(request.To, request.Attempts));
        request.Deadline = deadline;
        _deadlines.Enqueue(request, deadline);
    }

    private void Remove(TimeSpan now, InFlightRequest request)
    {
        _inFlight.Remove(request.TransactionId);
        request.IsDone = true;
        if (request.Attempts > 0)
        {
            _window.HandleDone(now);
        }
    }

    private void DropVoidDeadlines()
    {
        while (_deadlines.TryPeek(out InFlightRequest? request, out TimeSpan deadline)
            && (request.IsDone || request.Deadline != deadline))
        {
            _deadlines.Dequeue();
        }
    }
}

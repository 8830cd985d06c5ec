using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Dht.Rpc.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Answers;

/// <summary>
/// Answers that wait to be written, at once or after a delay. Strangers fill it, so both are bounded: what is over the
/// limit is dropped, which to its receiver is one more lost datagram. An answer takes its final form when it is written,
/// straight into the datagram, so that pings and searches for nodes are answered without allocating anything.
/// </summary>
internal sealed class AnswerQueue
{
    /// <summary>How many answers may wait to be written.</summary>
    public const int MaxAnswers = 4096;

    /// <summary>How many delayed answers may wait for their time.</summary>
    public const int MaxDelayed = 256;

    private readonly Queue<OutgoingDatagram> _answers = new();
    private readonly PriorityQueue<OutgoingDatagram, TimeSpan> _delayed = new();
    private readonly RoutingNode[] _closest = new RoutingNode[KBucket.Capacity];
    private readonly TokenSecrets _tokens;
    private readonly Neighbours _neighbours;
    private readonly RpcCounters _counters;

    public AnswerQueue(TokenSecrets tokens, Neighbours neighbours, RpcCounters counters)
    {
        _tokens = tokens;
        _neighbours = neighbours;
        _counters = counters;
    }

    /// <summary>Whether anything can be written now.</summary>
    public bool IsEmpty => _answers.Count == 0;

    /// <summary>When the first delayed answer is due; null if there is none.</summary>
    public TimeSpan? NextTimeout => _delayed.TryPeek(out _, out TimeSpan due) ? due : null;

    public void Add(in OutgoingDatagram answer)
    {
        if (_answers.Count >= MaxAnswers || answer.To.Port == 0)
        {
            _counters.AnswersDropped++;
            return;
        }

        _answers.Enqueue(answer);
    }

    /// <summary>Adds an answer when its time has come.</summary>
    public void AddDelayed(TimeSpan due, in OutgoingDatagram answer)
    {
        if (_delayed.Count >= MaxDelayed)
        {
            _counters.AnswersDropped++;
            return;
        }

        _delayed.Enqueue(answer, due);
    }

    public void HandleTimeout(TimeSpan now)
    {
        while (_delayed.TryPeek(out OutgoingDatagram answer, out TimeSpan due) && due <= now)
        {
            _delayed.Dequeue();
            Add(answer);
        }
    }

    /// <summary>Writes the next answer in the name of <paramref name="id"/>; null while we are ephemeral.</summary>
    public bool TryWriteDatagram(
        TimeSpan now,
        in Fixed32? id,
        Span<byte> destination,
        out int bytesWritten,
        out UdpEndPoint receiver)
    {
        while (_answers.TryDequeue(out OutgoingDatagram answer))
        {
            bytesWritten = answer.IsRelay
                ? WriteRelayed(id, answer, destination)
                : WriteReply(now, id, answer, destination);
            if (bytesWritten > 0)
            {
                receiver = answer.To;
                return true;
            }

            _counters.AnswersDropped++;
        }

        bytesWritten = 0;
        receiver = default;
        return false;
    }

    public void Clear()
    {
        _answers.Clear();
        _delayed.Clear();
    }

    private static int WriteRelayed(in Fixed32? id, in OutgoingDatagram relayed, Span<byte> destination)
    {
        var message = new RequestMessage
        {
            TransactionId = relayed.TransactionId,
            To = relayed.To,
            Id = id,
            Command = relayed.Command,
            Target = relayed.Target,
            HasValue = relayed.Value is { Length: > 0 },
            Value = relayed.Value.GetValueOrDefault().Span,
        };
        return message.GetEncodedSize() <= destination.Length ? message.Write(destination) : 0;
    }

    private int WriteReply(TimeSpan now, in Fixed32? id, in OutgoingDatagram answer, Span<byte> destination)
    {
        Span<UdpEndPoint> nodes = stackalloc UdpEndPoint[KBucket.Capacity];
        int count = 0;
        if (answer.WithCloserNodes && answer.Target is Fixed32 target)
        {
            count = _neighbours.Table.CopyClosest(target, _closest);
            for (int i = 0; i < count; i++)
            {
                nodes[i] = _closest[i].EndPoint;
            }
        }

        var message = new ReplyMessage
        {
            TransactionId = answer.TransactionId,
            To = answer.To,
            Id = id,
            Token = answer.WithToken ? _tokens.Issue(now, answer.To) : null,
            CloserNodes = nodes[..count],
            Error = answer.Error,
            HasValue = answer.Value is { Length: > 0 },
            Value = answer.Value.GetValueOrDefault().Span,
        };
        return message.GetEncodedSize() <= destination.Length ? message.Write(destination) : 0;
    }
}

using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>
/// The handshakes of a server, by the hash of the client's Noise message.
/// <code>
///   unknown ──TryBegin──► being answered ──Answer──► waiting for the client ──Settle──► remembered ──10 s──► forgotten
///                              │   ▲                                                        ▲
///                              │   └ repeats wait for the answer                            │
///                              └──────────────────────────Settle (refused)──────────────────┘
/// </code>
/// <para>
/// The same message comes again and again: a client sends it through several nodes at once and repeats what gets no
/// answer, and whoever sees it on the way can repeat it for ever. So each message is worked on once. Repeats get the
/// same answer as the first, or none if the client was refused, as long as the message is remembered; that an older one
/// begins anew is no harm, for nobody can do anything with the answer but the client.
/// </para>
/// <para>
/// New messages cost an attacker little and us a key exchange, so what is under way is bounded: beyond the server's
/// room they are dropped, and honest clients ask again. What is only remembered gives way, the oldest first, when that
/// is as many again.
/// </para>
/// <para>
/// A state machine without a timer: it forgets when the next message comes. Not thread-safe; it lives on the node's
/// loop. Source: hyperdht 6.34, lib/server.js, whose collection is not bounded.
/// </para>
/// </summary>
internal sealed class PendingHandshakes
{
    /// <summary>How long a settled handshake is remembered.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    /// <summary>How many repeats of one message wait for its answer; a client sends it through three nodes.</summary>
    private const int MaxWaiting = 8;

    private readonly HandshakeRoom _room;
    private readonly Dictionary<Fixed32, Entry> _entries = [];
    private readonly Queue<(Fixed32 Key, TimeSpan ForgetAt)> _settled = new();

    /// <param name="room">Which clients who come another way share.</param>
    public PendingHandshakes(HandshakeRoom room)
    {
        _room = room;
    }

    /// <summary>How many are being answered or wait for their client.</summary>
    public int PendingCount => _entries.Count - _settled.Count;

    /// <summary>How many are remembered.</summary>
    public int SettledCount => _settled.Count;

    /// <summary>
    /// Takes a question: true if it is a new one, which the caller answers, then settles. A repeat is answered from
    /// memory.
    /// </summary>
    public bool TryBegin(TimeSpan now, Fixed32 key, HandshakeQuestion question)
    {
        Forget(now);
        if (_entries.TryGetValue(key, out Entry? entry))
        {
            if (entry.Answer is { } answer)
            {
                question.Answer(answer);
            }
            else if (entry.Waiting.Count is > 0 and < MaxWaiting)
            {
                entry.Waiting.Add(question);
            }

            return false;
        }

        if (!_room.TryEnter())
        {
            return false;
        }

        _entries.Add(key, new Entry { Waiting = [question] });
        return true;
    }

    /// <summary>Answers all that asked, and those that will; what was settled meanwhile stays unanswered.</summary>
    public void Answer(Fixed32 key, byte[] answer)
    {
        if (!_entries.TryGetValue(key, out Entry? entry) || entry.Waiting.Count == 0)
        {
            return;
        }

        entry.Answer = answer;
        foreach (HandshakeQuestion question in entry.Waiting)
        {
            question.Answer(answer);
        }

        entry.Waiting.Clear();
    }

    /// <summary>
    /// The client has come, or will not any more, or was refused: nothing is held for it from here on.
    /// </summary>
    public void Settle(TimeSpan now, Fixed32 key)
    {
        if (!_entries.TryGetValue(key, out Entry? entry) || entry.IsSettled)
        {
            return;
        }

        entry.IsSettled = true;
        _room.Leave();
        entry.Waiting.Clear();
        _settled.Enqueue((key, now + Memory));
        if (_settled.Count > _room.Size)
        {
            _entries.Remove(_settled.Dequeue().Key);
        }
    }

    private void Forget(TimeSpan now)
    {
        while (_settled.TryPeek(out (Fixed32 Key, TimeSpan ForgetAt) oldest) && oldest.ForgetAt <= now)
        {
            _entries.Remove(_settled.Dequeue().Key);
        }
    }

    private sealed class Entry
    {
        public byte[]? Answer { get; set; }

        public bool IsSettled { get; set; }

        /// <summary>Who waits for the answer; empty once it was given or refused.</summary>
        public required List<HandshakeQuestion> Waiting { get; init; }
    }
}

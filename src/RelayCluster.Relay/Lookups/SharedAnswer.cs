using System.Runtime.ExceptionServices;
using RelayCluster.Dht;

namespace RelayCluster.Relay.Lookups;

/// <summary>
/// The replies of one query, in the order of their arrival, for any number of askers, each of whom reads from the first
/// on and at its own pace.
/// </summary>
/// <remarks>
/// <code>
///                       slowest             fastest             next
///   replies   [ 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 ] &lt;── source
///              for who comes late             └── Window ──┘
/// </code>
/// <para>
/// <b>Pace.</b> The source is asked for more while less than <see cref="Window"/> replies wait for the fastest asker:
/// one that reads slowly holds up nobody, and if all do, the query waits for them as it would for one alone.
/// </para>
/// <para>
/// <b>Bounds.</b> While the answer is open, all of it is held for who comes late. It is open until it fails, is
/// abandoned, or outgrows its share of the <see cref="AnswerBudget"/>, which no honest answer does. A closed one takes
/// no more askers, drops what all have read, and waits for the slowest, so that what it holds no longer grows.
/// </para>
/// <para>
/// <b>Threads.</b> The writer is one, readers are many. What others have to be told is told after the lock's release.
/// </para>
/// </remarks>
/// <param name="budget">What all answers that somebody reads may hold together.</param>
internal sealed class SharedAnswer(AnswerBudget budget)
{
    public const int Window = 64;

    private readonly Lock _lock = new();
    private readonly List<LookupReply> _replies = [];
    private readonly HashSet<AnswerReader> _readers = [];
    private TaskCompletionSource? _written;
    private TaskCompletionSource? _taken;
    private Exception? _failure;
    private bool _isOpen = true;
    private bool _isOver;
    private int _first;
    private int _heldCount;
    private int _heldBytes;

    /// <summary>Called once, when the last asker has left before the end.</summary>
    public Action? Abandoned { get; set; }

    /// <summary>How many read now.</summary>
    public int ReaderCount
    {
        get
        {
            lock (_lock)
            {
                return _readers.Count;
            }
        }
    }

    /// <summary>How many replies came so far.</summary>
    public int ReplyCount
    {
        get
        {
            lock (_lock)
            {
                return Next;
            }
        }
    }

    /// <summary>Whether it is whole, and can be given to who asks later.</summary>
    public bool IsWhole
    {
        get
        {
            lock (_lock)
            {
                return _isOver && _isOpen;
            }
        }
    }

    /// <summary>About how much memory it takes.</summary>
    public int Bytes { get; private set; }

    private int Next => _first + _replies.Count;

    /// <summary>One more asker, from the first reply on; null if it is closed.</summary>
    public AnswerReader? TryAttach()
    {
        lock (_lock)
        {
            if (!_isOpen || (_isOver && _readers.Count == 0 && !TryHoldAll()))
            {
                return null;
            }

            var reader = new AnswerReader(this);
            _readers.Add(reader);
            return reader;
        }
    }

    /// <summary>One more reply; only the writer.</summary>
    public void Append(LookupReply reply)
    {
        TaskCompletionSource? written;
        lock (_lock)
        {
            int size = AnswerBudget.SizeOf(reply);
            _replies.Add(reply);
            if (_isOpen && _heldBytes + size <= budget.MaxAnswerBytes && budget.TryHold(size))
            {
                _heldBytes += size;
                _heldCount++;
                Bytes = _heldBytes;
            }
            else
            {
                Close();
            }

            written = Take(ref _written);
        }

        written?.TrySetResult();
    }

    /// <summary>Completes when the next reply is wanted; only the writer.</summary>
    public async ValueTask WhenWantedAsync(CancellationToken cancellationToken)
    {
        while (GetWait() is { } wait)
        {
            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>No more replies come; the first call counts.</summary>
    /// <param name="failure">What the query failed at; all askers are told, and nobody else.</param>
    public void Complete(Exception? failure = null)
    {
        TaskCompletionSource? written;
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            _failure = failure;
            if (failure is not null)
            {
                Close();
            }

            ReleaseIfUnread();
            written = Take(ref _written);
        }

        written?.TrySetResult();
    }

    /// <summary>Takes no more askers; those who read go on.</summary>
    public void CloseToAskers()
    {
        TaskCompletionSource? taken;
        lock (_lock)
        {
            Close();
            taken = TakeIfWanted();
        }

        taken?.TrySetResult();
    }

    /// <summary>
    /// The next reply for a reader; null if there is none yet, and then a task that completes when to look again, or if
    /// there will be none, and then no task.
    /// </summary>
    /// <exception cref="Exception">What the query failed at.</exception>
    internal LookupReply? TryRead(AnswerReader reader, out Task? wait)
    {
        LookupReply reply;
        TaskCompletionSource? taken;
        wait = null;
        lock (_lock)
        {
            if (reader.Position == Next)
            {
                if (!_isOver)
                {
                    wait = (_written ??= NewSignal()).Task;
                    return null;
                }

                if (_failure is not null)
                {
                    ExceptionDispatchInfo.Throw(_failure);
                }

                return null;
            }

            reply = _replies[reader.Position - _first];
            reader.Position++;
            DropRead();
            taken = TakeIfWanted();
        }

        taken?.TrySetResult();
        return reply;
    }

    /// <summary>The reader has left.</summary>
    internal void Detach(AnswerReader reader)
    {
        TaskCompletionSource? taken;
        bool isAbandoned;
        lock (_lock)
        {
            if (!_readers.Remove(reader))
            {
                return;
            }

            isAbandoned = _readers.Count == 0 && !_isOver;
            if (isAbandoned)
            {
                Close();
            }

            DropRead();
            ReleaseIfUnread();
            taken = TakeIfWanted();
        }

        taken?.TrySetResult();
        if (isAbandoned)
        {
            Abandoned?.Invoke();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource? Take(ref TaskCompletionSource? signal)
    {
        TaskCompletionSource? taken = signal;
        signal = null;
        return taken;
    }

    private Task? GetWait()
    {
        lock (_lock)
        {
            return IsWanted() ? null : (_taken ??= NewSignal()).Task;
        }
    }

    private TaskCompletionSource? TakeIfWanted() => _taken is not null && IsWanted() ? Take(ref _taken) : null;

    private bool IsWanted()
    {
        if (Next - _first < Window || _readers.Count == 0)
        {
            return true;
        }

        int pace = _isOpen
            ? _readers.Max(static reader => reader.Position)
            : _readers.Min(static reader => reader.Position);
        return Next - pace < Window;
    }

    private void Close()
    {
        _isOpen = false;
        DropRead();
    }

    /// <summary>What a closed answer's readers have all read is of no use to anybody.</summary>
    private void DropRead()
    {
        if (_isOpen || _readers.Count == 0)
        {
            return;
        }

        int read = _readers.Min(static reader => reader.Position) - _first;
        if (read < Window && !(_isOver && read == _replies.Count))
        {
            return;
        }

        int held = Math.Min(read, _heldCount);
        int bytes = _replies.Take(held).Sum(AnswerBudget.SizeOf);
        _replies.RemoveRange(0, read);
        _first += read;
        _heldCount -= held;
        _heldBytes -= bytes;
        budget.Release(bytes);
    }

    private bool TryHoldAll()
    {
        if (!budget.TryHold(Bytes))
        {
            return false;
        }

        _heldBytes = Bytes;
        _heldCount = _replies.Count;
        return true;
    }

    /// <summary>An answer that nobody reads is its keeper's, if anybody's.</summary>
    private void ReleaseIfUnread()
    {
        if (_readers.Count == 0)
        {
            budget.Release(_heldBytes);
            _heldBytes = 0;
            _heldCount = 0;
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Streams;

namespace RelayCluster.Udx.Sockets;

/// <summary>
/// A UDP socket with its streams and one co-resident protocol, all owned by one loop on a thread of its own: it mostly
/// waits in the kernel, which no pool thread should. A turn of the loop:
/// <code>
///   receive a batch --> streams and protocol --> commands, signals --> deadlines --> streams ready to send --> send
///        ^                                                                                                      |
///        '-- waits, unless somebody is still ready, for a datagram, a wake or the next deadline ----------------'
/// </code>
/// Invariants. Only the loop touches the machines; other threads post commands and raise signals, and wake the loop if it
/// sleeps (<see cref="LoopWaker"/>). A turn is bounded: one batch in, and <see cref="StreamTurnDatagrams"/> out a stream,
/// so neither a flood nor a fast stream keeps the others waiting. Work is proportional to what happens, not to the number
/// of streams: those with something to do stand in the ready queue, those that wait in the deadline heap. The heap is
/// lazy: a deadline that moved later, as a retransmission timer does with each acknowledgement, is left where it was,
/// looked at when it comes up and put back.
///
/// Deadlines are looked at when the socket is empty: after the thread was kept from running, the reply whose time seems
/// to be up lies in the kernel already, behind others. A flood holds them up for <see cref="MaxFullBatches"/> turns.
///
/// A protocol or a command that throws ends the loop, as nothing can be said of the state it left: the streams end with
/// <see cref="UdxStreamOutcome.SocketClosed"/>, and <see cref="Completion"/> faults.
/// </summary>
public sealed class UdxSocket : IAsyncDisposable
{
    /// <summary>A run of full packets, as the kernel takes at once; more would delay the others' acknowledgements.
    /// </summary>
    private const int StreamTurnDatagrams = 44;

    private const int ProtocolTurnDatagrams = 256;

    private const int MaxFullBatches = 16;

    private readonly IDatagramDriver _driver;
    private readonly TimeProvider _clock;
    private readonly long _startedAt;
    private readonly LoopWaker _waker;
    private readonly ReceiveBatch _received;
    private readonly SendBatch _toSend = new();
    private readonly ConcurrentDictionary<uint, UdxStream> _streams = new();
    private readonly ConcurrentQueue<Action<TimeSpan>> _commands = new();
    private readonly ConcurrentQueue<UdxStream> _signals = new();
    private readonly Queue<UdxStream> _ready = new();
    private readonly DeadlineQueue<UdxStream> _deadlines = new();
    private readonly Thread _thread;
    private readonly SocketCounters _counters = new();
    private readonly UdxMetrics? _metrics;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private IDatagramProtocol? _protocol;
    private volatile bool _isStopping;
    private int _isStarted;
    private int _fullBatches;

    private UdxSocket(IDatagramDriver driver, TimeProvider clock, IMeterFactory? meterFactory)
    {
        _driver = driver;
        _clock = clock;
        _startedAt = clock.GetTimestamp();
        _waker = new LoopWaker(driver);
        _received = driver.CreateReceiveBatch();
        LocalEndPoint = new UdpEndPoint(driver.LocalEndPoint);
        _metrics = meterFactory is null ? null : new UdxMetrics(meterFactory, _counters, () => _streams.Count);
        _thread = new Thread(Run) { IsBackground = true, Name = $"udx {LocalEndPoint}" };
    }

    /// <summary>Where the socket is bound.</summary>
    public UdpEndPoint LocalEndPoint { get; }

    /// <summary>Whether the caller runs on the socket's loop.</summary>
    public bool IsOnLoop => Thread.CurrentThread == _thread;

    /// <summary>Monotonic time since the socket was bound: the <c>now</c> of everything on the loop.</summary>
    public TimeSpan Now => _clock.GetElapsedTime(_startedAt);

    /// <summary>Ends with the loop; faults if a protocol or a command threw.</summary>
    public Task Completion => _completion.Task;

    /// <summary>What the streams' pipes are made of.</summary>
    internal SegmentPool Segments { get; } = new();

    /// <summary>The time of this turn of the loop.</summary>
    internal TimeSpan LoopTime { get; private set; }

    /// <summary>Binds a UDP socket; port 0 takes a free one. Nothing is read before <see cref="Start"/>.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    public static UdxSocket Bind(IPEndPoint endPoint, UdxSocketOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        options ??= new UdxSocketOptions();
        return new UdxSocket(DatagramDrivers.Bind(endPoint, options), options.TimeProvider, options.MeterFactory);
    }

    /// <summary>Starts the loop, once.</summary>
    /// <param name="protocol">What gets the datagrams that are not UDX; null drops them.</param>
    /// <exception cref="InvalidOperationException">It was started or disposed before.</exception>
    public void Start(IDatagramProtocol? protocol = null)
    {
        if (Interlocked.Exchange(ref _isStarted, 1) != 0)
        {
            throw new InvalidOperationException("the socket's loop can be started only once");
        }

        _protocol = protocol;
        _thread.Start();
    }

    /// <summary>Creates a stream, unconnected. May be called on any thread.</summary>
    /// <param name="localId">The id that the peer's packets will carry, free on this socket.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="InvalidOperationException">The id is in use.</exception>
    /// <exception cref="ObjectDisposedException">The socket is disposed.</exception>
    public UdxStream CreateStream(uint localId, UdxStreamOptions? options = null)
    {
        ObjectDisposedException.ThrowIf(_isStopping, this);
        var stream = new UdxStream(this, localId, options ?? new UdxStreamOptions());
        if (!_streams.TryAdd(localId, stream))
        {
            throw new InvalidOperationException($"stream id {localId} is in use on {LocalEndPoint}");
        }

        // The loop marks itself as stopping before it ends the streams: it saw this one, or we see the mark.
        ObjectDisposedException.ThrowIf(_isStopping, this);
        return stream;
    }

    /// <summary>Runs a command on the loop, after which the protocol and the streams are asked for datagrams. May be
    /// called on any thread; commands run in the order posted. Dropped once the socket is disposed.</summary>
    public void Post(Action<TimeSpan> command)
    {
        ArgumentNullException.ThrowIfNull(command);
        _commands.Enqueue(command);
        _waker.Wake();
    }

    /// <summary>Ends every stream (<see cref="UdxStreamOutcome.SocketClosed"/>), stops the loop and closes the socket.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        if (Interlocked.Exchange(ref _isStarted, 1) == 0)
        {
            Shutdown();
            return;
        }

        _waker.Wake();
        await _completion.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>A stream's pipe changed, on whatever thread.</summary>
    internal void Signal(UdxStream stream)
    {
        _signals.Enqueue(stream);
        _waker.Wake();
    }

    /// <summary>The stream may have something to send, or a new deadline. Only on the loop.</summary>
    internal void MakeReady(UdxStream stream)
    {
        if (!stream.IsReady)
        {
            stream.IsReady = true;
            _ready.Enqueue(stream);
        }
    }

    private void Run()
    {
        Exception? error = null;
        try
        {
            while (!_isStopping)
            {
                Turn();
            }
        }
#pragma warning disable CA1031 // The loop's last catch: the error is handed to whoever awaits Completion.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            error = exception;
            _isStopping = true;
        }

        Shutdown(error);
    }

    private void Turn()
    {
        Receive();
        LoopTime = Now;
        foreach (ref readonly DatagramRun run in _received.Runs)
        {
            _counters.CountReceived(run);
            for (int start = 0; start < run.Length; start += run.SegmentBytes)
            {
                int length = Math.Min(run.SegmentBytes, run.Length - start);
                HandleDatagram(run.EndPoint, _received.Buffer.AsSpan(run.Offset + start, length));
            }
        }

        // What is posted or raised meanwhile waits for the next turn, or a busy poster would hold up everything else.
        for (int i = _commands.Count; i > 0 && _commands.TryDequeue(out Action<TimeSpan>? command); i--)
        {
            command(LoopTime);
        }

        for (int i = _signals.Count; i > 0 && _signals.TryDequeue(out UdxStream? stream); i--)
        {
            stream.HandleSignal(LoopTime);
            MakeReady(stream);
        }

        _fullBatches = _received.IsFull ? _fullBatches + 1 : 0;
        if (_fullBatches % MaxFullBatches == 0)
        {
            HandleDeadlines();
        }

        WriteProtocol();
        WriteStreams();
        Flush();
    }

    private void HandleDeadlines()
    {
        while (_deadlines.TryTake(LoopTime, out UdxStream? stream))
        {
            stream!.Machine.HandleTimeout(LoopTime);
            MakeReady(stream);
        }

        if (_protocol?.NextTimeout <= LoopTime)
        {
            _protocol.HandleTimeout(LoopTime);
        }
    }

    private void Receive()
    {
        TimeSpan? wait = TimeSpan.Zero;
        if (_ready.Count == 0)
        {
            // The loop says that it sleeps before it looks whether it may: whoever adds work after the look wakes it.
            _waker.Sleep();
            wait = _commands.IsEmpty && _signals.IsEmpty && !_isStopping ? TimeToNextDeadline() : TimeSpan.Zero;
        }

        _driver.Receive(_received, wait);
        _waker.Rise();
    }

    private TimeSpan? TimeToNextDeadline()
    {
        TimeSpan? next = _deadlines.Next;
        if (_protocol?.NextTimeout is { } protocol && !(next < protocol))
        {
            next = protocol;
        }

        TimeSpan? wait = next - Now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private void HandleDatagram(UdpEndPoint from, ReadOnlySpan<byte> datagram)
    {
        if (datagram[0] != PacketHeader.Magic)
        {
            _protocol?.HandleDatagram(LoopTime, from, datagram);
        }
        else if (PacketHeader.TryRead(datagram, out PacketHeader header) &&
            _streams.TryGetValue(header.StreamId, out UdxStream? stream))
        {
            stream.HandlePacket(LoopTime, from, header, datagram[PacketHeader.Size..]);
        }
    }

    private void WriteProtocol()
    {
        for (int i = 0; _protocol is not null && i < ProtocolTurnDatagrams; i++)
        {
            if (_toSend.IsFull)
            {
                Flush();
            }

            if (!_protocol.TryWriteDatagram(LoopTime, _toSend.Free, out int length, out UdpEndPoint receiver))
            {
                return;
            }

            _toSend.Commit(receiver, length);
        }
    }

    private void WriteStreams()
    {
        for (int i = _ready.Count; i > 0; i--)
        {
            UdxStream stream = _ready.Dequeue();
            stream.IsReady = false;
            stream.Machine.FlushInput();
            if (_toSend.IsFull)
            {
                Flush();
            }

            long retransmitted = stream.Machine.RetransmittedPackets;
            if (stream.WriteDatagrams(LoopTime, _toSend, StreamTurnDatagrams))
            {
                MakeReady(stream);
            }

            _counters.PacketsRetransmitted += stream.Machine.RetransmittedPackets - retransmitted;

            Settle(stream);
        }
    }

    // What is left of a stream's turn: its end, and its next deadline.
    private void Settle(UdxStream stream)
    {
        stream.ReportOutcome();
        if (stream.Machine.IsFinished && !stream.IsReady)
        {
            _deadlines.Remove(stream);
            _streams.TryRemove(KeyValuePair.Create(stream.LocalId, stream));
        }
        else if (stream.Machine.NextTimeout is { } next && !(_deadlines.InstantOf(stream) <= next))
        {
            _deadlines.Schedule(stream, next);
        }
    }

    private void Flush()
    {
        if (_toSend.RunCount > 0)
        {
            _counters.CountSent(_toSend.Runs);
            _driver.Send(_toSend);
        }
    }

    private void Shutdown(Exception? error = null)
    {
        LoopTime = Now;
        foreach (UdxStream stream in _streams.Values)
        {
            stream.Abandon(LoopTime);
            stream.WriteDatagrams(LoopTime, _toSend, limit: 1);
            if (_toSend.IsFull)
            {
                Flush();
            }
        }

        Flush();
        _streams.Clear();
        _driver.Dispose();
        _metrics?.Dispose();
        if (error is null)
        {
            _completion.TrySetResult();
        }
        else
        {
            _completion.TrySetException(error);
        }
    }
}

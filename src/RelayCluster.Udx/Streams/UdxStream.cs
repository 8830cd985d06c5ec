using System.IO.Pipelines;
using RelayCluster.Udx.Packets;
using RelayCluster.Udx.Recovery;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Udx.Streams;

/// <summary>
/// A reliable, ordered, congestion-controlled stream of bytes over a <see cref="UdxSocket"/>: the state machine, the two
/// pipes and the place on the socket's loop. Everything but the pipes lives on the loop. The application's calls come in
/// as signals: a flush, a read that opens the window, or a command posted; a signal that is pending already is not raised
/// again.
/// </summary>
public sealed class UdxStream : IDeadlineHolder
{
    private readonly UdxSocket _socket;
    private readonly StreamMachine _machine;
    private readonly Func<UdxStream, UdpEndPoint, bool>? _firewall;
    private readonly TaskCompletionSource<UdxStreamOutcome> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private UdpEndPoint _remote;
    private int _signalled;

    internal UdxStream(UdxSocket socket, uint localId, UdxStreamOptions options)
    {
        _socket = socket;
        LocalId = localId;
        _firewall = options.Firewall;
        var input = new Pipe(new PipeOptions(
            socket.Segments,
            pauseWriterThreshold: 0,
            minimumSegmentSize: SegmentPool.BlockBytes,
            useSynchronizationContext: false));
        var output = new Pipe(new PipeOptions(
            socket.Segments,
            pauseWriterThreshold: options.SendBufferBytes,
            resumeWriterThreshold: options.SendBufferBytes / 2,
            minimumSegmentSize: SegmentPool.BlockBytes,
            useSynchronizationContext: false));
        var reader = new InputReader(input.Reader, Signal);
        var writer = new OutputWriter(output.Writer, Signal, Destroy);
        Pipe = new DuplexPipe(reader, writer);
        _machine = new StreamMachine(
            options,
            new SendBuffer(output.Reader, writer),
            new ReceiveBuffer(input.Writer, reader),
            new CubicController());
    }

    /// <summary>The id that the peer's packets carry.</summary>
    public uint LocalId { get; }

    /// <summary>The id that our packets carry; 0 before <see cref="Connect"/>.</summary>
    public uint RemoteId { get; private set; }

    /// <summary>Where our packets go; null before <see cref="Connect"/>.</summary>
    public UdpEndPoint? RemoteEndPoint => _machine.IsConnected ? _remote : null;

    /// <summary>
    /// The bytes. Reading slowly closes the advertised window and so stops the peer; a flush waits while
    /// <see cref="UdxStreamOptions.SendBufferBytes"/> are not acknowledged. Completing the output ends this direction
    /// (half-close), completing it with an exception destroys the stream. Completing the input drops what still comes.
    /// The input completes when the peer ended, and fails with an <see cref="IOException"/> on any other outcome.
    /// </summary>
    public IDuplexPipe Pipe { get; }

    /// <summary>How the stream ended; never faults.</summary>
    public Task<UdxStreamOutcome> Completion => _completion.Task;

    int IDeadlineHolder.DeadlineIndex { get; set; } = -1;

    internal StreamMachine Machine => _machine;

    /// <summary>Whether the stream waits for its turn to send. Only the loop uses it.</summary>
    internal bool IsReady { get; set; }

    /// <summary>Tells where the peer is. There is no handshake: from here on packets go out. May be called on any thread,
    /// and in the firewall callback; of several calls the first counts.</summary>
    public void Connect(uint remoteId, UdpEndPoint remote)
    {
        if (!_socket.IsOnLoop)
        {
            _socket.Post(_ => Connect(remoteId, remote));
        }
        else if (!_machine.IsConnected)
        {
            RemoteId = remoteId;
            _remote = remote;
            _machine.Connect(_socket.LoopTime, remoteId);
            _socket.MakeReady(this);
        }
    }

    /// <summary>Sends the packets of a connected stream to another endpoint from here on, also those sent again. Packets
    /// from the former endpoint are still taken. May be called on any thread.</summary>
    public void ChangeRemote(uint remoteId, UdpEndPoint remote)
    {
        if (!_socket.IsOnLoop)
        {
            _socket.Post(_ => ChangeRemote(remoteId, remote));
        }
        else if (_machine.IsConnected)
        {
            RemoteId = remoteId;
            _remote = remote;
            _machine.ChangeRemote(remoteId);
        }
    }

    /// <summary>Ends both directions at once and tells the peer. May be called on any thread and more than once.</summary>
    public void Destroy()
    {
        if (!_socket.IsOnLoop)
        {
            _socket.Post(_ => Destroy());
            return;
        }

        _machine.Destroy(_socket.LoopTime);
        _socket.MakeReady(this);
    }

    /// <summary>A packet for this stream arrived. Its sender is not compared with the peer's address: addresses change on
    /// the way, and what is inside is authenticated further up.</summary>
    internal void HandlePacket(TimeSpan now, UdpEndPoint from, in PacketHeader header, ReadOnlySpan<byte> body)
    {
        if (!_machine.IsConnected && _firewall?.Invoke(this, from) is not false)
        {
            return;
        }

        if (_machine.HandlePacket(now, header, body))
        {
            _socket.MakeReady(this);
        }
    }

    /// <summary>The application did something with the pipes.</summary>
    internal void HandleSignal(TimeSpan now)
    {
        // Before looking, so that what happens while we look raises another signal.
        Interlocked.Exchange(ref _signalled, 0);
        _machine.HandleOutput(now);
        _machine.HandleInputRead();
    }

    /// <summary>Adds at most <paramref name="limit"/> datagrams to the batch; true if there may be more.</summary>
    internal bool WriteDatagrams(TimeSpan now, SendBatch batch, int limit)
    {
        for (int i = 0; i < limit; i++)
        {
            if (batch.IsFull)
            {
                return true;
            }

            if (!_machine.TryWriteDatagram(now, batch.Free, out int length))
            {
                return false;
            }

            batch.Commit(_remote, length);
        }

        return true;
    }

    /// <summary>Tells the application how the stream ended, if it has.</summary>
    internal void ReportOutcome()
    {
        if (_machine.Outcome is { } outcome)
        {
            _completion.TrySetResult(outcome);
        }
    }

    /// <summary>The socket goes away.</summary>
    internal void Abandon(TimeSpan now)
    {
        _machine.Abandon(now);
        _completion.TrySetResult(UdxStreamOutcome.SocketClosed);
    }

    private void Signal()
    {
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            _socket.Signal(this);
        }
    }
}

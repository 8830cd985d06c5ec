using System.Buffers;
using System.IO.Pipelines;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Links;
using RelayCluster.Udx.Streams;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Links;

/// <summary>
/// The bytes of a connection over a link, which behaves towards what stands on it as a UDX stream does.
/// <code>
///   application ──write──► _outgoing ──SendAsync──► data … end │ link │ data … end ──ReceiveAsync──► _incoming ──read──►
/// </code>
/// <para>
/// <b>Back-pressure.</b> Each pipe holds what the connection may hold in a direction. Who does not read fills
/// <c>_incoming</c>, then the link, then the other side's <c>_outgoing</c>, and its writer waits.
/// </para>
/// <para>
/// <b>Ends.</b> A side's end is a frame, and the link stays open behind it: so a side hears of the other's death whatever
/// has ended. When both ends are there, each side completes its output, and the end of the link is the sign that the other
/// side has had everything. A link that ends before is broken: the connection is reset, as after
/// <see cref="Destroy"/> on the other side.
/// </para>
/// <para>
/// <b>No token.</b> Waits are ended by cancelling the pipes' pending calls, which the next call notices too: so there is
/// no moment in which breaking comes too early or too late, and nothing to dispose.
/// </para>
/// </summary>
internal sealed class LinkCarrier : ICarrier
{
    private readonly DhtLink _link;
    private readonly Pipe _incoming;
    private readonly Pipe _outgoing;
    private readonly TaskCompletionSource _remoteEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<UdxStreamOutcome> _broken =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<UdxStreamOutcome> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _hasSentEnd;
    private bool _isReadNoMore;

    /// <summary>Begins to carry.</summary>
    /// <param name="link">Open, and this carrier's from here on.</param>
    /// <param name="bufferBytes">What it holds in each direction.</param>
    public LinkCarrier(DhtLink link, int bufferBytes)
    {
        _link = link;
        _incoming = LinkPipe.CreateHalf(bufferBytes);
        _outgoing = LinkPipe.CreateHalf(bufferBytes);
        Pipe = new LinkPipe(_incoming.Reader, _outgoing.Writer);
        Running = Task.Run(RunAsync);
    }

    public IDuplexPipe Pipe { get; }

    public Task<UdxStreamOutcome> Completion => _completion.Task;

    /// <summary>Completes when nothing of the carrier is left, the link included.</summary>
    public Task Running { get; }

    public void Destroy() => Break(UdxStreamOutcome.Destroyed);

    /// <summary>The node goes away.</summary>
    public void Abandon() => Break(UdxStreamOutcome.SocketClosed);

    /// <summary>The first reason counts.</summary>
    private void Break(UdxStreamOutcome outcome)
    {
        if (_broken.TrySetResult(outcome))
        {
            _link.Pipe.Input.CancelPendingRead();
            _link.Pipe.Output.CancelPendingFlush();
            _outgoing.Reader.CancelPendingRead();
            _incoming.Writer.CancelPendingFlush();
        }
    }

    private async Task RunAsync()
    {
        Task receiving = ReceiveAsync();
        await SendAsync().ConfigureAwait(false);
        await Task.WhenAny(_remoteEnd.Task, receiving).ConfigureAwait(false);
        if (!_broken.Task.IsCompleted)
        {
            await _link.EndAsync().ConfigureAwait(false);
        }

        await receiving.ConfigureAwait(false);
        UdxStreamOutcome outcome =
            _broken.Task.IsCompleted ? await _broken.Task.ConfigureAwait(false) : UdxStreamOutcome.Ended;
        _completion.TrySetResult(outcome);
        await _incoming.Writer.CompleteAsync(new IOException($"The link's stream is over: {outcome}"))
            .ConfigureAwait(false);
        await _outgoing.Reader.CompleteAsync().ConfigureAwait(false);
        await _link.DisposeAsync().ConfigureAwait(false);
    }

    private async Task SendAsync()
    {
        try
        {
            bool hasEnded = false;
            while (!hasEnded && !_broken.Task.IsCompleted)
            {
                hasEnded = await SendNextAsync().ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            Break(UdxStreamOutcome.ResetByPeer);
        }
    }

    private async ValueTask<bool> SendNextAsync()
    {
        ReadResult read;
        try
        {
            read = await _outgoing.Reader.ReadAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // completed with an error: the application's way to destroy it
            Destroy();
            return true;
        }

        ReadOnlySequence<byte> piece = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, LinkFrame.MaxBodySize));
        bool isEnd = piece.IsEmpty && read.IsCompleted;
        _hasSentEnd = isEnd;
        if (isEnd || !piece.IsEmpty)
        {
            LinkFrame.Write(_link.Pipe.Output, isEnd ? LinkFrameKind.End : LinkFrameKind.Data, piece);
        }

        _outgoing.Reader.AdvanceTo(piece.End);
        FlushResult flush = await _link.Pipe.Output.FlushAsync().ConfigureAwait(false);
        return flush.IsCompleted ? throw new IOException("the link takes no more") : isEnd;
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (await ReceiveNextAsync().ConfigureAwait(false))
            {
            }
        }
        catch (Exception)
        {
            // what is no frame is not told from a cut
        }

        if (!_hasSentEnd || !_remoteEnd.Task.IsCompleted)
        {
            Break(UdxStreamOutcome.ResetByPeer);
        }
    }

    private async ValueTask<bool> ReceiveNextAsync()
    {
        ReadResult read = await _link.Pipe.Input.ReadAsync().ConfigureAwait(false);
        ReadOnlySequence<byte> rest = read.Buffer;
        while (!_broken.Task.IsCompleted && LinkFrame.TryRead(ref rest, out LinkFrame frame))
        {
            await HandleAsync(frame).ConfigureAwait(false);
        }

        _link.Pipe.Input.AdvanceTo(rest.Start, read.Buffer.End);
        return !read.IsCompleted && !_broken.Task.IsCompleted;
    }

    private async ValueTask HandleAsync(LinkFrame frame)
    {
        if (_remoteEnd.Task.IsCompleted || frame.Kind is not (LinkFrameKind.Data or LinkFrameKind.End))
        {
            throw new ProtocolException($"a {frame.Kind} has no place here");
        }

        if (frame.Kind == LinkFrameKind.End)
        {
            await _incoming.Writer.CompleteAsync().ConfigureAwait(false);
            _remoteEnd.TrySetResult();
        }
        else if (!_isReadNoMore)
        {
            await DeliverAsync(frame.Body).ConfigureAwait(false);
        }
    }

    private async ValueTask DeliverAsync(ReadOnlySequence<byte> body)
    {
        foreach (ReadOnlyMemory<byte> piece in body)
        {
            _incoming.Writer.Write(piece.Span);
        }

        try
        {
            FlushResult flush = await _incoming.Writer.FlushAsync().ConfigureAwait(false);
            _isReadNoMore = flush.IsCompleted;
        }
        catch (Exception)
        {
            // the reader's reason to read no more, which it knows
            _isReadNoMore = true;
        }
    }
}

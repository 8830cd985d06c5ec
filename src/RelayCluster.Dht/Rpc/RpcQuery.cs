using System.Threading.Channels;
using RelayCluster.Dht.Rpc.Queries;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Rpc;

/// <summary>
/// A query as the layer above sees it: the replies as they come in, then the commit round. The walk itself is
/// <see cref="Queries.Query"/>, on the node's loop; this class is its end of the channel between.
/// </summary>
/// <remarks>
/// Who reads slowly slows the query: when <see cref="MaxUnread"/> replies wait, nobody new is asked until half are
/// read. The channel itself is unbounded, because the loop must not wait; what bounds it is that limit plus the
/// requests that are out.
/// </remarks>
internal sealed class RpcQuery : IAsyncEnumerable<RpcReply>
{
    private const int MaxUnread = 64;

    private readonly RpcNode _node;
    private readonly QueryRun _run;
    private readonly RpcQueryOptions _options;
    private readonly Channel<RpcReply> _replies = Channel.CreateUnbounded<RpcReply>();

    private int _started;
    private volatile bool _isPaused;

    public RpcQuery(
        RpcNode node,
        RpcRequest request,
        RpcQueryOptions options,
        int concurrency,
        Func<UdpEndPoint, bool>? filter)
    {
        _node = node;
        _options = options;
        var target = request.Target ?? throw new ArgumentException("a query needs a target", nameof(request));
        _run = new QueryRun(
            target,
            request with { Retries = options.Retries },
            new Query(target, options.Concurrency ?? concurrency, filter))
        {
            Replied = HandleReply,
            Finished = _ => _replies.Writer.TryComplete(),
        };
    }

    /// <summary>
    /// The at most 20 closest nodes' replies, closest first; complete when the enumeration has ended.
    /// </summary>
    public IReadOnlyList<RpcReply> ClosestReplies { get; private set; } = [];

    /// <summary>
    /// Starts the query; once only. The enumeration ends after the commit round. Leaving it early cancels the query.
    /// </summary>
    /// <exception cref="DhtException">The commit round failed, or the node was disposed.</exception>
    public async IAsyncEnumerator<RpcReply> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("a query can be read only once");
        }

        UdpEndPoint[] earlier = [.. _options.Nodes ?? []];
        using CancellationTokenRegistration closing = _node.Closing.Register(
            () => _replies.Writer.TryComplete(new DhtException(DhtError.NodeDestroyed)));
        _node.Post((protocol, now) => Start(protocol, now, earlier));
        try
        {
            await foreach (RpcReply reply in _replies.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                ResumeIfRead();
                yield return reply;
            }

            // The loop wrote the list before it completed the channel, and does not touch it after.
            ClosestReplies = _run.Query.ClosestReplies;
            await CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _node.Post((protocol, now) => protocol.Queries.Cancel(now, _run));
        }
    }

    /// <summary>
    /// Runs the query to its end for the sake of the commit round or of <see cref="ClosestReplies"/>.
    /// </summary>
    /// <exception cref="DhtException">The commit round failed, or the node was disposed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await foreach (RpcReply reply in this.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            _ = reply;
        }
    }

    private void Start(RpcProtocol protocol, TimeSpan now, UdpEndPoint[] earlier)
    {
        if (_options.OnlyNodes)
        {
            _run.Query.Close(earlier);
        }

        protocol.StartQuery(now, _run, _options.OnlyNodes ? [] : earlier);
    }

    private void HandleReply(RpcReply reply)
    {
        _replies.Writer.TryWrite(reply);
        if (_replies.Reader.Count >= MaxUnread)
        {
            _run.IsPaused = true;
            _isPaused = true;
        }
    }

    private void ResumeIfRead()
    {
        if (_isPaused && _replies.Reader.Count <= MaxUnread / 2)
        {
            _isPaused = false;
            _node.Post((protocol, now) => protocol.Queries.Resume(now, _run));
        }
    }

    private async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (_options.Commit is not { } commit)
        {
            return;
        }

        if (ClosestReplies.Count == 0)
        {
            throw new DhtException(DhtError.RequestTimeout, "Too few nodes responded");
        }

        Task[] commits =
        [
            .. ClosestReplies.Select(
                reply => Task.Run(() => commit(reply, cancellationToken), cancellationToken)),
        ];
        await Task.WhenAll(commits).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (!commits.Any(task => task.IsCompletedSuccessfully))
        {
            await commits[^1].ConfigureAwait(false);
        }
    }
}

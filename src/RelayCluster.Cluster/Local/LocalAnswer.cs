using RelayCluster.Cluster.Fabric;

namespace RelayCluster.Cluster.Local;

/// <summary>
/// The replies of a handler as its asker gets them: they end with the handler, with its failure, or with the loss of
/// the call, whose handler is told to stop and not waited for.
/// </summary>
internal sealed class LocalAnswer : IAsyncDisposable
{
    private readonly LocalCall _call;
    private readonly CancellationToken _asker;
    private readonly CancellationTokenSource _ending;
    private readonly FabricHandler _handler;
    private readonly FabricRequest _request;
    private IAsyncEnumerator<ReadOnlyMemory<byte>>? _replies;
    private Task<bool> _next = Task.FromResult(true);

    public LocalAnswer(FabricHandler handler, FabricRequest request, LocalCall call, CancellationToken asker)
    {
        _call = call;
        _asker = asker;
        _ending = CancellationTokenSource.CreateLinkedTokenSource(asker, call.Answerer.Ending);
        _handler = handler;
        _request = request;
    }

    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <exception cref="FabricException">The handler failed, or its node is gone.</exception>
    public async ValueTask<bool> MoveNextAsync()
    {
        _next = NextAsync();
        await Task.WhenAny(_next, _call.Lost).WaitAsync(_asker).ConfigureAwait(false);
        if (_call.Lost.IsCompleted)
        {
            throw Failure(await _call.Lost.ConfigureAwait(false));
        }

        if (!await _next.ConfigureAwait(false))
        {
            return false;
        }

        // A copy, as from a wire: the handler may use its buffer again.
        Current = _replies!.Current.ToArray();
        return true;
    }

    /// <summary>Lets go of the handler; its node waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        _call.Answerer.Keep(EndAsync());
    }

    private async Task<bool> NextAsync()
    {
        try
        {
            _replies ??= _handler(_request, _ending.Token).GetAsyncEnumerator(_ending.Token);
            return await _replies.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not FabricException && !_ending.IsCancellationRequested)
        {
            _call.Answerer.Report(_call.Subject, _call.Asker.NodeName, e);
            throw Failure(FabricError.Failed);
        }
    }

    private async Task EndAsync()
    {
        await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            if (_replies is not null)
            {
                await _replies.DisposeAsync().ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Nobody waits for this handler any more.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _call.Answerer.Report(_call.Subject, _call.Asker.NodeName, e);
        }

        _ending.Dispose();
    }

    private FabricException Failure(FabricError error) =>
        FabricFailure.Of(error, _call.Answerer.NodeName, _call.Subject);
}

using System.Net;
using RelayCluster.Dht;
using RelayCluster.Wire;

namespace RelayCluster.Client.Servers;

/// <summary>
/// Asks a server's user about everybody who wants to connect. Its time, and how many are asked about at once, is bounded;
/// a failure is a no.
/// </summary>
internal sealed class Admission(DhtServerOptions options, TimeProvider timeProvider) : IAsyncDisposable
{
    private static readonly IPEndPoint Unknown = new(IPAddress.Any, 0);

    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _pending = [];

    /// <summary>
    /// Decides, and says it: at once where nobody has to be asked, else on the thread pool. Nobody is told anything
    /// once this is disposed.
    /// </summary>
    /// <param name="remotePublicKey">Who wants to connect.</param>
    /// <param name="payload">All that it told.</param>
    /// <param name="decide">Is told whether it may.</param>
    public void Ask(Fixed32 remotePublicKey, ReadOnlyMemory<byte> payload, Action<bool> decide)
    {
        if (options.Admit is not { } admit)
        {
            decide(true);
            return;
        }

        lock (_lock)
        {
            if (_pending.Count < options.MaxPendingHandshakes && !_closing.IsCancellationRequested)
            {
                // Where the relay's node saw the peer, the protocol does not tell.
                var client = new DhtClient(remotePublicKey, payload, Unknown);
                Task asking = Task.Run(() => AskAsync(admit, client, decide), CancellationToken.None);
                _pending.Add(asking);
                _ = asking.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                return;
            }
        }

        decide(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        Task[] pending;
        lock (_lock)
        {
            pending = [.. _pending];
        }

        await Task.WhenAll(pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private void Forget(Task asking)
    {
        lock (_lock)
        {
            _pending.Remove(asking);
        }
    }

    private async Task AskAsync(
        Func<DhtClient, CancellationToken, ValueTask<bool>> admit, DhtClient client, Action<bool> decide)
    {
        using var deadline = new CancellationTokenSource(options.AdmitTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _closing.Token);
        bool mayConnect = false;
        try
        {
            // A user who ignores the token is not waited for.
            mayConnect = await admit(client, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (!_closing.IsCancellationRequested)
        {
            // whatever went wrong in the user's code, it let nobody in
        }

        decide(mayConnect);
    }
}

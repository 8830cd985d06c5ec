using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// Finds a server and shakes hands with it: asks for the nodes that know the server, and sends the handshake through
/// them as they turn up, through two at a time, until the first answer that is good.
/// <para>
/// Nodes at which the server announced itself lately answer at once. Others may know it from an earlier place: their
/// attempts run into the time-out, and the next nodes take their turn. An answer that does not fit the handshake spoils
/// it, so a new one is begun for the nodes after. Where somebody else has the key, making the first message and reading
/// an answer take their time, in which the other answers wait.
/// </para>
/// <para>
/// One flow owns all of it: the query and the attempts are waited for together, nothing runs on by itself, and leaving,
/// in whichever way, cancels what is still under way and waits for it.
/// </para>
/// </summary>
internal sealed class HandshakeSearch
{
    private const int MaxParallelAttempts = 2;

    private readonly IPeerNetwork _network;
    private readonly Fixed32 _target;
    private readonly Func<ClientHandshake> _createHandshake;
    private readonly List<Attempt> _attempts = [];
    private readonly HashSet<UdpEndPoint> _tried = [];
    private readonly List<ClientHandshake> _handshakes = [];
    private int _found;

    /// <param name="network">The network.</param>
    /// <param name="target">The hash of the server's public key.</param>
    /// <param name="createHandshake">Begins a handshake; the search disposes it.</param>
    public HandshakeSearch(IPeerNetwork network, Fixed32 target, Func<ClientHandshake> createHandshake)
    {
        _network = network;
        _target = target;
        _createHandshake = createHandshake;
    }

    /// <summary>Runs the search, once.</summary>
    /// <param name="known">At most three nodes to try beside those that the query finds: where the server was
    /// last.</param>
    /// <param name="cancellationToken">Ends the query and the requests.</param>
    /// <exception cref="DhtException">No node knows the server, or it did not answer through those that do.</exception>
    public async Task<ServerAnswer> RunAsync(
        IReadOnlyList<UdpEndPoint> known,
        CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        IAsyncEnumerator<UdpEndPoint> relays =
            _network.FindRelaysAsync(_target, stopping.Token).GetAsyncEnumerator(stopping.Token);
        Task<bool>? next = null;
        try
        {
            foreach (UdpEndPoint relay in known.Take(PeerRecord.MaxRelayAddresses))
            {
                Try(relay, isKnown: true, stopping.Token);
            }

            bool searching = true;
            while (true)
            {
                if (searching && next is null && _attempts.Count(a => !a.IsKnown) < MaxParallelAttempts)
                {
                    next = relays.MoveNextAsync().AsTask();
                }

                if (next is null && _attempts.Count == 0)
                {
                    throw new DhtException(_found > 0 ? DhtError.PeerConnectionFailed : DhtError.PeerNotFound);
                }

                await Task.WhenAny([.. _attempts.Select(a => a.Reply), .. next is null ? [] : new Task[] { next }])
                    .ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();

                if (await TakeAnswerAsync(stopping.Token).ConfigureAwait(false) is { } answer)
                {
                    return answer;
                }

                if (next is { IsCompleted: true })
                {
                    searching = await next.ConfigureAwait(false);
                    next = null;
                    if (searching)
                    {
                        _found++;
                        Try(relays.Current, isKnown: false, stopping.Token);
                    }
                }
            }
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await StopAsync(relays, next).ConfigureAwait(false);
        }
    }

    private void Try(UdpEndPoint relay, bool isKnown, CancellationToken cancellationToken)
    {
        if (!_tried.Add(relay))
        {
            return;
        }

        if (_handshakes.Count == 0 || _handshakes[^1].IsOver)
        {
            _handshakes.Add(_createHandshake());
        }

        ClientHandshake handshake = _handshakes[^1];
        Task<HandshakeReply> reply = ShakeHandsAsync(handshake, relay, cancellationToken);
        _attempts.Add(new Attempt(handshake, reply, isKnown));
    }

    private async Task<HandshakeReply> ShakeHandsAsync(
        ClientHandshake handshake,
        UdpEndPoint relay,
        CancellationToken cancellationToken)
    {
        byte[] message = await handshake.GetFirstMessageAsync(cancellationToken).ConfigureAwait(false);
        return await _network.ShakeHandsAsync(_target, message, relay, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The first good answer of the attempts that ended; they are not attempts any more.</summary>
    private async ValueTask<ServerAnswer?> TakeAnswerAsync(CancellationToken cancellationToken)
    {
        for (int i = _attempts.Count - 1; i >= 0; i--)
        {
            Attempt attempt = _attempts[i];
            if (!attempt.Reply.IsCompleted)
            {
                continue;
            }

            _attempts.RemoveAt(i);
            if (await ReadAsync(attempt, cancellationToken).ConfigureAwait(false) is { } answer)
            {
                // it is the answer's now
                _handshakes.Remove(answer.Handshake);
                return answer;
            }
        }

        return null;
    }

    private static async ValueTask<ServerAnswer?> ReadAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        // also marks the exception of an attempt that failed as seen: that node is no way to the server
        if (attempt.Reply.Exception is not null || attempt.Reply.IsCanceled)
        {
            return null;
        }

        try
        {
            HandshakeReply reply = await attempt.Reply.ConfigureAwait(false);
            NoisePayload payload =
                await attempt.Handshake.ReadAnswerAsync(reply.Noise, cancellationToken).ConfigureAwait(false);
            return new ServerAnswer(reply, payload, attempt.Handshake);
        }
        catch (ProtocolException)
        {
            return null;
        }
        catch (TimeoutException e)
        {
            throw new DhtException(DhtError.PeerConnectionFailed, "The handshake was not made in time", e);
        }
    }

    private async Task StopAsync(IAsyncEnumerator<UdpEndPoint> relays, Task? next)
    {
        List<Task> underWay = [.. _attempts.Select(a => a.Reply)];
        if (next is not null)
        {
            underWay.Add(next);
        }

        await Task.WhenAll(underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await relays.DisposeAsync().ConfigureAwait(false);
        foreach (ClientHandshake handshake in _handshakes)
        {
            handshake.Dispose();
        }
    }

    private sealed record Attempt(ClientHandshake Handshake, Task<HandshakeReply> Reply, bool IsKnown);
}

using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Udx.Sockets;
using RelayCluster.Udx.Streams;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>
/// One attempt to connect to the server that listens on a public key.
/// <code>
///   search      FIND_PEER query; PEER_HANDSHAKE through the nodes found      HandshakeSearch
///   answer      payload of the server checked                                 here
///   path        where to send the first packet, or who sends it               ServerPath
///   connect     UDX stream connected, secret stream started over it           INoiseHandshake
/// </code>
/// <para>
/// The UDX stream exists from the start, for its id is part of the handshake, and the server may send to it before its
/// answer has come back through the relay: it does so at once when it knows an open address of ours, or when it was
/// asked directly. Whatever the path would have been, the address that such a packet came from is the one to use: it
/// works. Nobody proves anything by it; the secret stream does that.
/// </para>
/// <para>
/// Cancelling ends the query and the requests, and destroys the stream. The handshake's keys are zeroed when the secret
/// stream has taken copies of them.
/// </para>
/// <para>Source: hyperdht 6.34, lib/connect.js.</para>
/// </summary>
internal sealed class Dial
{
    /// <summary>How long a server is only asked for at its addresses, before holes are punched to it.</summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(500);

    /// <summary>How long to wait for the call of a server that was told an open address.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    private readonly DialContext _context;
    private readonly Func<INoiseHandshake> _createHandshake;
    private readonly Fixed32 _remotePublicKey;
    private readonly DhtConnectOptions? _options;
    private readonly TaskCompletionSource<UdpEndPoint> _called =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="context">Of the node.</param>
    /// <param name="createHandshake">Begins a handshake with the server.</param>
    /// <param name="remotePublicKey">The server's.</param>
    /// <param name="options">What the stream may hold; null for the node's default.</param>
    public Dial(
        DialContext context,
        Func<INoiseHandshake> createHandshake,
        Fixed32 remotePublicKey,
        DhtConnectOptions? options)
    {
        _context = context;
        _createHandshake = createHandshake;
        _remotePublicKey = remotePublicKey;
        _options = options;
    }

    /// <summary>Dials, once.</summary>
    /// <exception cref="DhtException">The server is not found, not reachable, or refuses.</exception>
    public async Task<DhtStream> RunAsync(CancellationToken cancellationToken)
    {
        var share = new BufferShare(_options?.Buffers, _options?.BufferBytes);
        UdxStream? stream = null;
        try
        {
            stream = CreateStream(share.Bytes);
            UdpEndPoint? open = _context.OpenAddress();
            ServerAnswer answer = await ShakeHandsAsync(stream.LocalId, open, cancellationToken).ConfigureAwait(false);
            using (answer.Handshake)
            {
                uint remoteId = CheckPayload(answer.Payload);
                UdpEndPoint server =
                    await ReachAsync(answer, isOpen: open is not null, cancellationToken).ConfigureAwait(false);
                stream.Connect(remoteId, server);
                _context.Relays.Remember(_remotePublicKey, answer);
                return share.KeepFor(answer.Handshake.Open(new UdxCarrier(stream)));
            }
        }
        catch
        {
            stream?.Destroy();
            share.GiveBack();
            throw;
        }
    }

    private UdxStream CreateStream(int? bufferBytes) =>
        _context.CreateStream(bufferBytes, (_, from) =>
        {
            _called.TrySetResult(from);
            return false;
        });

    private async Task<ServerAnswer> ShakeHandsAsync(
        uint streamId,
        UdpEndPoint? open,
        CancellationToken cancellationToken)
    {
        var payload = new NoisePayload
        {
            Firewall = open is null ? Firewall.Unknown : Firewall.Open,
            Addresses4 = [.. open is { } address ? new[] { address } : [], .. _context.LocalAddresses()],
            Udx = new UdxInfo(streamId, Sequence: 0, IsSocketReusable: false),
            SecretStreamVersion = 1,
        };
        Fixed32 target = Blake2b.Hash(_remotePublicKey.Span);
        var search = new HandshakeSearch(
            _context.Network, target, () => new ClientHandshake(_createHandshake(), payload));
        try
        {
            return await search.RunAsync(_context.Relays.Find(_remotePublicKey), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (DhtException)
        {
            _context.Relays.Forget(_remotePublicKey);
            throw;
        }
    }

    /// <summary>The id of the server's stream.</summary>
    /// <exception cref="DhtException">It has none, or refuses.</exception>
    public static uint CheckPayload(NoisePayload payload)
    {
        if (payload.Version != NoisePayload.CurrentVersion)
        {
            throw new DhtException(DhtError.ServerIncompatible);
        }

        if (payload.Error != HyperErrorCode.None)
        {
            throw new DhtException(DhtError.ServerError);
        }

        return payload.Udx is { Id: <= uint.MaxValue } udx
            ? (uint)udx.Id
            : throw new DhtException(DhtError.ServerError, "Server did not send UDX data");
    }

    private async Task<UdpEndPoint> ReachAsync(ServerAnswer answer, bool isOpen, CancellationToken cancellationToken)
    {
        if (_called.Task.IsCompleted)
        {
            return await _called.Task.ConfigureAwait(false);
        }

        ServerPath path = ServerPath.To(answer, isOpen, _context.LocalAddresses());
        return path.Kind switch
        {
            ServerPathKind.Direct => path.EndPoints[0],
            ServerPathKind.ServerCalls => await WaitForCallAsync(cancellationToken).ConfigureAwait(false),
            _ => await ProbeOrPunchAsync(answer, path.EndPoints, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>
    /// Asks for the server at the addresses where it may be, and punches meanwhile if that takes long. The first of
    /// both wins; only when neither reaches it, the dial fails, for the reason that the punching had.
    /// </summary>
    private async Task<UdpEndPoint> ProbeOrPunchAsync(
        ServerAnswer answer,
        IReadOnlyList<UdpEndPoint> candidates,
        CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<UdpEndPoint?> probing = ProbeAsync(candidates, stopping.Token);
        Task<UdpEndPoint> punching = PunchAsync(answer, probing, stopping.Token);
        try
        {
            await Task.WhenAny(probing, punching).ConfigureAwait(false);
            return punching.IsCompletedSuccessfully || await probing.ConfigureAwait(false) is not { } reached
                ? await punching.ConfigureAwait(false)
                : reached;
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(probing, punching).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<UdpEndPoint> PunchAsync(
        ServerAnswer answer,
        Task<UdpEndPoint?> probing,
        CancellationToken cancellationToken)
    {
        Task pause = Task.Delay(HeadStart, _context.TimeProvider, cancellationToken);
        await Task.WhenAny(probing, pause).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (answer.Payload.Holepunch is not { Relays.Count: > 0 } offer
            || answer.Handshake.HolepunchSecret is not { } secret)
        {
            throw new DhtException(DhtError.CannotHolepunch);
        }

        var punch = new ClientPunch(
            _context.Network,
            _context.TimeProvider,
            _context.Nat(),
            answer.Reply,
            offer,
            Blake2b.Hash(_remotePublicKey.Span),
            secret);
        return await punch.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<UdpEndPoint> WaitForCallAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _called.Task.WaitAsync(CallTimeout, _context.TimeProvider, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new DhtException(DhtError.HolepunchAborted);
        }
    }

    /// <summary>The first of the addresses that answers, or the one from which the server calls meanwhile.</summary>
    private async Task<UdpEndPoint?> ProbeAsync(
        IReadOnlyList<UdpEndPoint> candidates,
        CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<UdpEndPoint?>[] probes = [.. candidates.Select(c => ProbeAsync(c, stopping.Token))];
        List<Task> waiting = [.. probes, _called.Task];
        try
        {
            while (waiting.Count > 1)
            {
                Task ended = await Task.WhenAny(waiting).ConfigureAwait(false);
                waiting.Remove(ended);
                if (ended is Task<UdpEndPoint> call)
                {
                    return await call.ConfigureAwait(false);
                }

                if (await ((Task<UdpEndPoint?>)ended).ConfigureAwait(false) is { } reached)
                {
                    return reached;
                }
            }

            return null;
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll((IEnumerable<Task>)probes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<UdpEndPoint?> ProbeAsync(UdpEndPoint candidate, CancellationToken cancellationToken) =>
        await _context.Network.IsThereAsync(candidate, cancellationToken).ConfigureAwait(false) ? candidate : null;
}

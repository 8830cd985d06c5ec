using System.Security.Cryptography;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Punching;

/// <summary>
/// A client opens the NATs between it and a server, with the server's help: both send to each other at the same time,
/// so that each NAT sees an answer in what comes from the other.
/// <code>
///   client                    a relay of the server's          server
///     ├── probe ────────────────────────────────────────────────►x          opens our NAT for the server
///     ├── round 0: our NAT ─────────►─────────────────────────►  ┤          it samples its NAT
///     ◄── its NAT and addresses, a token ◄─────────────────────  ┤
///     ◄ ─ ─ probe ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┤          where its NAT is known: done already
///     ├── round 1: punch, token ────►──(the client's relay)───►  ┤          it begins to probe
///     ◄── punching ◄───────────────────────────────────────────  ┤
///     ├── probes ──────────────────────────────────────────────► ┤
///     ◄── probe ─────────────────────────────────────────────────┤          the way is open
/// </code>
/// <para>
/// The first round goes through a node where the server announced itself, the second through the one that we found it
/// by: that the server's token comes back that way shows it that we really are at the address that both nodes see.
/// </para>
/// <para>
/// The socket is the node's own, so our NAT must give it one outside port whomever it sends to. Where it gives one to
/// each (a random NAT), nothing is tried: that needs hundreds of sockets. The server's may be of either kind. Source:
/// hyperdht 6.34, lib/connect.js.
/// </para>
/// </summary>
internal sealed class ClientPunch
{
    /// <summary>How long a server gets that does not know its NAT yet.</summary>
    private static readonly TimeSpan SamplingPause = TimeSpan.FromSeconds(1);

    private readonly IPunchNetwork _network;
    private readonly TimeProvider _timeProvider;
    private readonly NatView _nat;
    private readonly HandshakeReply _reply;
    private readonly HolepunchInfo _offer;
    private readonly Fixed32 _target;
    private readonly PayloadSeal _seal;
    private readonly TaskCompletionSource<UdpEndPoint> _probed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile PunchTarget _server;
    private ulong _round;

    /// <param name="network">The node's.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="nat">What is known of our NAT.</param>
    /// <param name="reply">How the server's answer came.</param>
    /// <param name="offer">How it can be punched to.</param>
    /// <param name="target">The hash of its public key.</param>
    /// <param name="secret">Of the handshake, to seal the rounds with.</param>
    public ClientPunch(
        IPunchNetwork network,
        TimeProvider timeProvider,
        NatView nat,
        HandshakeReply reply,
        HolepunchInfo offer,
        Fixed32 target,
        Fixed32 secret)
    {
        _network = network;
        _timeProvider = timeProvider;
        _nat = nat;
        _reply = reply;
        _offer = offer;
        _target = target;
        _seal = new PayloadSeal(secret, new Fixed32(RandomNumberGenerator.GetBytes(Fixed32.Size)));
        _server = new PunchTarget(IsRandom: false, [], [reply.ServerAddress]);
    }

    /// <summary>Punches, once; the address at which the server can be reached then.</summary>
    /// <exception cref="DhtException">It was not to be.</exception>
    public async Task<UdpEndPoint> RunAsync(CancellationToken cancellationToken)
    {
        if (_nat is not { Firewall: Firewall.Consistent, Address: not null })
        {
            throw new DhtException(DhtError.CannotHolepunch);
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _network.Probed += HandleProbe;
        Task punching = PunchAsync(stopping.Token);
        try
        {
            Task first = await Task.WhenAny(_probed.Task, punching).ConfigureAwait(false);
            await first.ConfigureAwait(false);
            return _probed.Task.IsCompleted
                ? await _probed.Task.ConfigureAwait(false)
                : throw new DhtException(DhtError.HolepunchAborted);
        }
        finally
        {
            _network.Probed -= HandleProbe;
            await stopping.CancelAsync().ConfigureAwait(false);
            await punching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Anybody may send a byte, so only one counts that can be the server's; what comes over the way then is encrypted.
    /// </summary>
    private void HandleProbe(UdpEndPoint from)
    {
        if (_server.Includes(from))
        {
            _probed.TrySetResult(from);
        }
    }

    /// <summary>Ends when all was tried.</summary>
    private async Task PunchAsync(CancellationToken cancellationToken)
    {
        UdpEndPoint server = _reply.ServerAddress;
        _network.SendProbe(server);
        RelayInfo relay = PickRelay();
        (HolepunchPayload payload, UdpEndPoint seenAt) =
            await IntroduceAsync(relay, server, cancellationToken).ConfigureAwait(false);
        if (relay.RelayAddress == _reply.Through && seenAt != server)
        {
            // it changed its socket for a better one
            server = seenAt;
            _network.SendProbe(server);
        }

        PunchTarget target = await AgreeAsync(server, payload.Token, cancellationToken).ConfigureAwait(false);
        await ProbeSender.RunAsync(_network, _timeProvider, target, TimeSpan.Zero, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>The server's relay that is not ours, if there is one: it can tell us something new.</summary>
    private RelayInfo PickRelay()
    {
        foreach (RelayInfo relay in _offer.Relays)
        {
            if (relay.RelayAddress != _reply.Through)
            {
                return relay;
            }
        }

        return _offer.Relays[0];
    }

    /// <summary>The first round, and once more if the server needs time.</summary>
    private async Task<(HolepunchPayload Payload, UdpEndPoint SeenAt)> IntroduceAsync(
        RelayInfo relay,
        UdpEndPoint server,
        CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            HolepunchPayload ours = CreateRound() with { RemoteAddress = server };
            (HolepunchPayload theirs, UdpEndPoint seenAt) = await ExchangeAsync(
                ours, relay.PeerAddress, relay.RelayAddress, cancellationToken).ConfigureAwait(false);
            _server = PunchTarget.From(theirs, host: null) with { Others = [server, .. theirs.Addresses ?? []] };
            if (theirs.Firewall != Firewall.Unknown && theirs.Token is not null)
            {
                return (theirs, seenAt);
            }

            if (attempt == 2)
            {
                throw new DhtException(DhtError.HolepunchAborted, "The server does not know the NAT before it");
            }

            await Task.Delay(SamplingPause, _timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The second round: both will send.</summary>
    private async Task<PunchTarget> AgreeAsync(
        UdpEndPoint server,
        Fixed32? theirToken,
        CancellationToken cancellationToken)
    {
        Fixed32 token = _seal.Token(server);
        HolepunchPayload ours = CreateRound() with { IsPunching = true, Token = token, RemoteToken = theirToken };
        (HolepunchPayload theirs, _) =
            await ExchangeAsync(ours, server, _reply.Through, cancellationToken).ConfigureAwait(false);
        var target = PunchTarget.From(theirs, host: theirs.RemoteToken == token ? server : null);
        _server = target with { Others = [server, .. target.Others] };
        return theirs.IsPunching && target.IsReachable
            ? target
            : throw new DhtException(DhtError.HolepunchAborted, "The server does not punch");
    }

    private HolepunchPayload CreateRound() => new()
    {
        Firewall = _nat.Firewall,
        Round = _round++,
        Addresses = [_nat.Address!.Value],
    };

    private async Task<(HolepunchPayload Payload, UdpEndPoint SeenAt)> ExchangeAsync(
        HolepunchPayload ours,
        UdpEndPoint server,
        UdpEndPoint through,
        CancellationToken cancellationToken)
    {
        PunchReply reply;
        try
        {
            reply = await _network
                .PunchAsync(_target, _offer.Id, _seal.Seal(ours), server, through, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (ProtocolException e)
        {
            throw new DhtException(DhtError.HolepunchAborted, e.Message, e);
        }

        HolepunchPayload theirs = _seal.Open(reply.Payload.Span)
            ?? throw new DhtException(DhtError.HolepunchAborted, "The server's payload makes no sense");
        return theirs.Error == HyperErrorCode.None
            ? (theirs, reply.ServerAddress)
            : throw new DhtException(DhtError.HolepunchAborted, $"Remote aborted with error code {theirs.Error}");
    }
}

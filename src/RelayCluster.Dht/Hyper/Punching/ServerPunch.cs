using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Punching;

/// <summary>
/// The server's side of the hole punching for one client: the counterpart of <see cref="ClientPunch"/>, where the
/// rounds are drawn. It answers what comes, and sends probes once the client says that it does; whether the way is open
/// it hears from the client's first packet on the stream, which is not its matter.
/// <para>
/// Who the client is was proven by the handshake, and the seal shows that a round is the client's. Only where it is can
/// be a lie: what comes back of our token through a node where we announced ourselves proves the host, and ports are
/// guessed of proven hosts only. Source: hyperdht 6.34, lib/server.js.
/// </para>
/// </summary>
/// <param name="network">The node's.</param>
/// <param name="seal">Of the handshake.</param>
/// <param name="nat">What we know of our NAT.</param>
internal sealed class ServerPunch(IPunchNetwork network, PayloadSeal seal, Func<NatView> nat)
{
    /// <summary>The client sends first: a probe of ours may have opened the way already.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<PunchTarget> _agreed =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile PunchTarget? _client;
    private ulong _round;
    private bool _isAborted;

    /// <summary>A round of the client; on the node's loop.</summary>
    /// <param name="sealedPayload">What it says.</param>
    /// <param name="client">Where the node that hands it on sees the client.</param>
    /// <param name="isOwnRelay">Whether we announced ourselves at that node.</param>
    /// <returns>The sealed answer; null for none.</returns>
    public byte[]? HandleRound(ReadOnlySpan<byte> sealedPayload, UdpEndPoint client, bool isOwnRelay)
    {
        if (seal.Open(sealedPayload) is not { } theirs)
        {
            return null;
        }

        NatView ours = nat();
        if (_isAborted
            || theirs.Error != HyperErrorCode.None
            || ours is not { Firewall: Firewall.Consistent, Address: { } address })
        {
            return Abort();
        }

        HolepunchPayload answer = CreateAnswer(theirs, ours) with { Token = isOwnRelay ? seal.Token(client) : null };
        if (theirs.RemoteAddress == address)
        {
            // it has opened its NAT for us
            network.SendProbe(client);
        }

        if (theirs.Round >= _round)
        {
            _round = theirs.Round;
            bool isProven = isOwnRelay && theirs.RemoteToken == answer.Token;
            _client = PunchTarget.From(theirs, isProven ? client : null);
        }

        if (!theirs.IsPunching)
        {
            return seal.Seal(answer);
        }

        if (_client is not { IsReachable: true } target)
        {
            return Abort();
        }

        _agreed.TrySetResult(target);
        return seal.Seal(answer with { IsPunching = true });
    }

    /// <summary>Ends when the client has not asked for it in time, or all was tried.</summary>
    public async Task RunAsync(TimeSpan patience, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        network.Probed += HandleProbe;
        try
        {
            PunchTarget target = await _agreed.Task.WaitAsync(patience, timeProvider, cancellationToken)
                .ConfigureAwait(false);
            await ProbeSender.RunAsync(network, timeProvider, target, Pause, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            network.Probed -= HandleProbe;
        }
    }

    /// <summary>The client's probe has come through; ours tells it so.</summary>
    private void HandleProbe(UdpEndPoint from)
    {
        if (_client?.Includes(from) == true)
        {
            network.SendProbe(from);
        }
    }

    private HolepunchPayload CreateAnswer(HolepunchPayload theirs, NatView ours) => new()
    {
        Firewall = ours.Firewall,
        Round = Math.Max(theirs.Round, _round),
        Addresses = [ours.Address!.Value],
        RemoteToken = theirs.Token,
    };

    private byte[] Abort()
    {
        _isAborted = true;
        return seal.Seal(new HolepunchPayload { Error = HyperErrorCode.Aborted, Round = _round });
    }
}

using RelayCluster.Crypto;
using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Rpc;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>
/// Keeps a server announced under the hash of its public key at the closest nodes, which then relay clients' handshakes
/// to it: does what its <see cref="AnnounceSchedule"/> says, one step after the other, in one loop.
/// <para>
/// The record that is stored names no relay addresses: the node that stores it is the relay, and clients ask it. A node
/// that does not take the announcement, or for which it is not signed, is left out; the others do.
/// </para>
/// </summary>
internal sealed class Announcer : IDisposable
{
    private readonly IAnnounceNetwork _network;
    private readonly IAnnounceSigner _signer;
    private readonly TimeProvider _timeProvider;
    private readonly long _started;
    private readonly Fixed32 _target;
    private readonly PeerRecord _peer;
    private readonly AnnounceSchedule _schedule = new();
    private readonly CancellationTokenSource _stopping = new();
    private IReadOnlyList<UdpEndPoint> _closest = [];
    private volatile IReadOnlyList<RelayInfo> _relays = [];
    private volatile bool _refreshRequested;
    private Task _running = Task.CompletedTask;

    public Announcer(IAnnounceNetwork network, IAnnounceSigner signer, TimeProvider timeProvider)
    {
        _network = network;
        _signer = signer;
        _timeProvider = timeProvider;
        _started = timeProvider.GetTimestamp();
        _target = Blake2b.Hash(signer.PublicKey.Span);
        _peer = new PeerRecord(signer.PublicKey, []);
        Record = _peer.Encode();
    }

    /// <summary>The encoded record that is stored.</summary>
    public byte[] Record { get; }

    /// <summary>Where the server is announced now.</summary>
    public IReadOnlyList<RelayInfo> Relays => _relays;

    private TimeSpan Now => _timeProvider.GetElapsedTime(_started);

    /// <summary>
    /// Announces for the first time, then goes on by itself; once only. That no node is there is no failure: it is
    /// tried again.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        _running = RunAsync(_stopping.Token);
    }

    /// <summary>Announces anew soon: the node's address changed. May be called on any thread.</summary>
    public void RequestRefresh() => _refreshRequested = true;

    /// <summary>Stops announcing, and takes back what was announced.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _relays = [];
        await WithdrawAsync([.. _schedule.Relays.Select(r => r.RelayAddress).Distinct()], cancellationToken)
            .ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            if (_refreshRequested)
            {
                _refreshRequested = false;
                _schedule.Refresh(Now);
            }

            switch (_schedule.GetStep(Now))
            {
                case AnnounceStep.Refresh:
                    await RefreshAsync(stopping).ConfigureAwait(false);
                    break;
                case AnnounceStep.Ping:
                    await PingAsync(stopping).ConfigureAwait(false);
                    break;
                default:
                    TimeSpan pause = _schedule.NextTimeout - Now;
                    await Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, _timeProvider, stopping)
                        .ConfigureAwait(false);
                    break;
            }
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RpcReply> closest =
            await _network.FindClosestAsync(_target, _closest, cancellationToken).ConfigureAwait(false);
        _closest = [.. closest.Select(r => r.From)];
        RpcReply[] nodes = [.. closest.Take(AnnounceSchedule.MaxRelays)];
        bool[] taken = await AnnounceAsync(nodes, cancellationToken).ConfigureAwait(false);
        RelayInfo[] relays = [.. nodes.Zip(taken).Where(p => p.Second).Select(p => ToRelay(p.First))];
        IReadOnlyList<UdpEndPoint> former = _schedule.HandleRefreshed(Now, relays);
        _relays = _schedule.Relays;
        await WithdrawAsync(former, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool[]> AnnounceAsync(RpcReply[] nodes, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.WhenAll(nodes.Select(r => AnnounceAsync(r, cancellationToken))).ConfigureAwait(false);
        }
        catch
        {
            // some may have taken it all the same: who stops now takes it back from all
            _schedule.HandleRefreshed(Now, [.. _schedule.Relays, .. nodes.Select(ToRelay)]);
            throw;
        }
    }

    private async Task PingAsync(CancellationToken cancellationToken)
    {
        var ping = new RpcRequest(RpcCommand.Ping) { IsInternal = true };
        RpcReply?[] answers = await Task.WhenAll(
            _schedule.Relays.Select(r => _network.RequestAsync(r.RelayAddress, ping, cancellationToken)))
            .ConfigureAwait(false);
        _schedule.HandlePings(Now, answers.Count(a => a is not null));
    }

    private async Task<bool> AnnounceAsync(RpcReply reply, CancellationToken cancellationToken)
    {
        RpcReply? answer = await SendSignedAsync(reply, isWithdrawal: false, cancellationToken).ConfigureAwait(false);
        return answer is { Error: 0 };
    }

    private Task WithdrawAsync(IReadOnlyList<UdpEndPoint> from, CancellationToken cancellationToken) =>
        Task.WhenAll(from.Select(node => WithdrawAsync(node, cancellationToken)));

    private async Task WithdrawAsync(UdpEndPoint from, CancellationToken cancellationToken)
    {
        // the token of the announcement may be too old
        RpcReply? reply = await _network.RequestAsync(
            from, new RpcRequest(HyperCommand.FindPeer, _target), cancellationToken).ConfigureAwait(false);
        if (reply is { Value.IsEmpty: false })
        {
            await SendSignedAsync(reply, isWithdrawal: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<RpcReply?> SendSignedAsync(
        RpcReply reply,
        bool isWithdrawal,
        CancellationToken cancellationToken)
    {
        if (reply.Token is not { } token || reply.FromId is not { } nodeId)
        {
            return null;
        }

        var announce = new AnnounceToSign(isWithdrawal, _target, token, nodeId, _peer.PublicKey, []);
        if (await _signer.SignAsync(announce, cancellationToken).ConfigureAwait(false) is not { } signature)
        {
            return null;
        }

        byte[] value = new AnnounceMessage { Peer = _peer, Signature = signature }.Encode();
        uint command = isWithdrawal ? HyperCommand.Unannounce : HyperCommand.Announce;
        return await _network.RequestAsync(
            reply.From, new RpcRequest(command, _target, value, token), cancellationToken).ConfigureAwait(false);
    }

    private static RelayInfo ToRelay(RpcReply reply) => new(reply.From, reply.To);
}

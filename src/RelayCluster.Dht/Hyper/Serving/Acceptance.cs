using System.Net;
using System.Security.Cryptography;
using RelayCluster.Dht.Foreign;
using RelayCluster.Dht.Hyper.Connecting;
using RelayCluster.Dht.Hyper.Handshakes;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Udx.Streams;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Serving;

/// <summary>
/// One client on its way in: the server's counterpart of a <see cref="Dial"/>.
/// <code>
///   read      the client's Noise message; its key and payload          INoiseHandshake
///   admit     the owner is asked                                        DhtServerOptions.Admit
///   answer    a UDX stream is made; its id and our addresses go back    ServerOffer
///   wait      the client's first packet, or we send first               here
///   open      UDX stream connected, secret stream started over it       INoiseHandshake
/// </code>
/// <para>
/// Who sends first: we do if the client asked us itself, or said that strangers can reach it; the way is there then.
/// Otherwise the client does, and the address that its packet comes from is the one to use, whatever others told. It
/// proves nothing by that; the secret stream does. A client that does not come within ten seconds, does not. One that
/// comes when the server has just been closed is told so.
/// </para>
/// <para>
/// A client that is not let in gets no answer at all. One that speaks another version, or offers no stream, gets an
/// answer that says so. Source: hyperdht 6.34, lib/server.js.
/// </para>
/// </summary>
internal sealed class Acceptance
{
    /// <summary>How long to wait for the client's first packet.</summary>
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for it when the server closes meanwhile.</summary>
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromMilliseconds(500);

    private readonly DialContext _context;
    private readonly DhtServerOptions _options;
    private readonly HandshakeQuestion _question;
    private readonly ServerPunches _punches;
    private readonly TaskCompletionSource<UdpEndPoint> _called =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Acceptance(
        DialContext context,
        DhtServerOptions options,
        HandshakeQuestion question,
        ServerPunches punches)
    {
        _context = context;
        _options = options;
        _question = question;
        _punches = punches;
    }

    /// <summary>Runs it, once.</summary>
    /// <param name="handshake">The server's half; it stays the caller's.</param>
    /// <param name="relays">Where the server is announced.</param>
    /// <param name="answer">Takes the answer to the client, if there is one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection; null if the client was refused.</returns>
    /// <exception cref="ProtocolException">The client's message makes no sense.</exception>
    /// <exception cref="TimeoutException">The client did not come.</exception>
    public async Task<DhtStream?> RunAsync(
        INoiseHandshake handshake,
        IReadOnlyList<RelayInfo> relays,
        Action<byte[]> answer,
        CancellationToken cancellationToken)
    {
        NoiseOffer offer = await handshake.ReadAsync(_question.Noise, cancellationToken).ConfigureAwait(false);
        NoisePayload client = NoisePayload.Decode(offer.Payload.Span);
        var admission = new ClientAdmission(_options, _context.TimeProvider);
        IPEndPoint address = _question.ClientAddress.ToIPEndPoint();
        if (!await admission.AskAsync(offer, address, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        uint error = ServerOffer.Check(client);
        ulong punchId = _punches.NextId();
        BufferShare? share = null;
        UdxStream? stream = null;
        try
        {
            if (error == HyperErrorCode.None)
            {
                share = new BufferShare(_options.Buffers, _options.BufferBytes);
                stream = CreateStream(share.Bytes);
            }

            NoisePayload payload = ServerOffer.Create(
                _question,
                error,
                stream?.LocalId ?? 0,
                punchId,
                _context.Nat(),
                _context.OpenAddress(),
                _context.LocalAddresses(),
                relays);
            byte[] message = await handshake.WriteAsync(payload.Encode(), cancellationToken).ConfigureAwait(false);
            ServerPunch? punch = BeginPunch(payload, handshake);
            answer(message);
            if (stream is null)
            {
                return null;
            }

            await ConnectAsync(stream, client, punch, cancellationToken).ConfigureAwait(false);
            return share!.KeepFor(handshake.Open(new UdxCarrier(stream)));
        }
        catch
        {
            stream?.Destroy();
            share?.GiveBack();
            throw;
        }
        finally
        {
            _punches.Remove(punchId);
        }
    }

    /// <summary>Before the answer goes out: the client's first round may be as fast.</summary>
    private ServerPunch? BeginPunch(NoisePayload payload, INoiseHandshake handshake)
    {
        if (payload.Holepunch is not { } offer || handshake.HolepunchSecret is not { } secret)
        {
            return null;
        }

        var localSecret = new Fixed32(RandomNumberGenerator.GetBytes(Fixed32.Size));
        var punch = new ServerPunch(_context.Network, new PayloadSeal(secret, localSecret), _context.Nat);
        _punches.Add(offer.Id, punch);
        return punch;
    }

    private UdxStream CreateStream(int? bufferBytes) =>
        _context.CreateStream(bufferBytes, (_, from) =>
        {
            _called.TrySetResult(from);
            return false;
        });

    private async Task ConnectAsync(
        UdxStream stream,
        NoisePayload client,
        ServerPunch? punch,
        CancellationToken cancellationToken)
    {
        var id = (uint)client.Udx!.Id;
        try
        {
            stream.Connect(id, await ReachAsync(client, punch, cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // A client that has its answer takes the connection for open, and would wait in vain until it times out:
            // the stream is connected to be destroyed then.
            Task called = _called.Task.WaitAsync(FarewellTimeout, _context.TimeProvider, CancellationToken.None);
            await called.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (called.IsCompletedSuccessfully)
            {
                stream.Connect(id, await _called.Task.ConfigureAwait(false));
            }

            throw;
        }
    }

    private async Task<UdpEndPoint> ReachAsync(
        NoisePayload client,
        ServerPunch? punch,
        CancellationToken cancellationToken)
    {
        if (!_called.Task.IsCompleted && (_question.IsDirect || client.Firewall == Firewall.Open))
        {
            return _question.ClientAddress;
        }

        if (punch is null)
        {
            return await _called.Task.WaitAsync(ClientTimeout, _context.TimeProvider, cancellationToken)
                .ConfigureAwait(false);
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task punching = punch.RunAsync(ClientTimeout, _context.TimeProvider, stopping.Token);
        await Task.WhenAny(_called.Task, punching).ConfigureAwait(false);
        await stopping.CancelAsync().ConfigureAwait(false);
        await punching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return _called.Task.IsCompleted
            ? await _called.Task.ConfigureAwait(false)
            : throw new TimeoutException("The client did not come, through no hole");
    }
}

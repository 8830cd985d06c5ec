using System.Runtime.CompilerServices;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Punching;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Rpc;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Connecting;

/// <summary>The network as this node's RPC layer reaches it.</summary>
internal sealed class RpcPeerNetwork(RpcNode node) : IPeerNetwork
{
    public event Action<UdpEndPoint>? Probed
    {
        add => node.Probed += value;
        remove => node.Probed -= value;
    }

    public void SendProbe(UdpEndPoint to) => node.SendProbe(to);

    public async IAsyncEnumerable<UdpEndPoint> FindRelaysAsync(
        Fixed32 target,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RpcQuery query = node.Query(
            new RpcRequest(HyperCommand.FindPeer, target),
            new RpcQueryOptions { Retries = RpcRequest.DefaultRetries });
        await foreach (RpcReply reply in query.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (reply.Value is { } value && IsPeer(value.Span))
            {
                yield return reply.From;
            }
        }
    }

    public async Task<HandshakeReply> ShakeHandsAsync(
        Fixed32 target,
        ReadOnlyMemory<byte> noise,
        UdpEndPoint through,
        CancellationToken cancellationToken)
    {
        byte[] value = new HandshakeMessage { Mode = RelayMode.FromClient, Noise = noise.Span }.Encode();
        var request = new RpcRequest(HyperCommand.PeerHandshake, target, value);
        RpcReply reply = await node.RequestAsync(through, request, cancellationToken).ConfigureAwait(false);
        if (reply.Value is not { } answer
            || !HandshakeMessage.TryRead(answer.Span, out HandshakeMessage message)
            || message.Mode != RelayMode.Reply
            || message.Noise.IsEmpty)
        {
            throw new ProtocolException($"{through} answered a handshake with something else");
        }

        return new HandshakeReply(
            message.Noise.ToArray(),
            through,
            message.PeerAddress is not null,
            message.PeerAddress ?? through,
            reply.To);
    }

    public async Task<PunchReply> PunchAsync(
        Fixed32 target,
        ulong id,
        byte[] payload,
        UdpEndPoint server,
        UdpEndPoint through,
        CancellationToken cancellationToken)
    {
        byte[] value = new HolepunchMessage
        {
            Mode = RelayMode.FromClient,
            Id = id,
            Payload = payload,
            PeerAddress = server,
        }.Encode();
        var request = new RpcRequest(HyperCommand.PeerHolepunch, target, value);
        RpcReply reply = await node.RequestAsync(through, request, cancellationToken).ConfigureAwait(false);
        return reply.Value is { } answer
            && HolepunchMessage.TryRead(answer.Span, out HolepunchMessage message)
            && message.Mode == RelayMode.Reply
                ? new PunchReply(message.Payload.ToArray(), message.PeerAddress ?? through)
                : throw new ProtocolException($"{through} answered a round of hole punching with something else");
    }

    public async Task<bool> IsThereAsync(UdpEndPoint endPoint, CancellationToken cancellationToken)
    {
        try
        {
            await node.PingAsync(endPoint, cancellationToken: cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DhtException)
        {
            return false;
        }
    }

    private static bool IsPeer(ReadOnlySpan<byte> value)
    {
        var reader = new CompactReader(value);
        return PeerRecord.TryRead(ref reader, out _);
    }
}

using System.Buffers.Binary;
using RelayCluster.Dht.Rpc.Messages;
using RelayCluster.Dht.Rpc.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Rpc.Answers;

/// <summary>
/// Answers the commands of the Kademlia layer itself. Requests that lack what their command needs get no answer at all,
/// and none of them makes us send more than one datagram to anybody but the sender's host, a checked node excepted.
/// </summary>
internal sealed class InternalCommands
{
    /// <summary>The longest delay of a ping that is granted (dht-rpc's maxPingDelay).</summary>
    private static readonly TimeSpan MaxPingDelay = TimeSpan.FromSeconds(10);

    private readonly AnswerQueue _answers;
    private readonly Neighbours _neighbours;

    public InternalCommands(AnswerQueue answers, Neighbours neighbours)
    {
        _answers = answers;
        _neighbours = neighbours;
    }

    public void HandleRequest(TimeSpan now, UdpEndPoint from, in RequestMessage request)
    {
        OutgoingDatagram pong = AnswerTo(from, request);
        switch (request.Command)
        {
            case RpcCommand.Ping:
                _answers.Add(pong);
                break;

            case RpcCommand.PingNat when request.Value.Length >= sizeof(ushort):
                ushort port = BinaryPrimitives.ReadUInt16LittleEndian(request.Value);
                _answers.Add(pong with { To = new UdpEndPoint(from.Address, port) });
                break;

            case RpcCommand.FindNode when request.Target is not null:
                _answers.Add(pong with { WithCloserNodes = true });
                break;

            case RpcCommand.DownHint when request.Value.Length >= EndPointCodec.Size:
                var reader = new CompactReader(request.Value);
                EndPointCodec.TryRead(ref reader, out UdpEndPoint down);
                _neighbours.HandleDownHint(now, down);
                _answers.Add(pong);
                break;

            case RpcCommand.DelayedPing when request.Value.Length >= sizeof(uint):
                var delay = TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32LittleEndian(request.Value));
                if (delay <= MaxPingDelay)
                {
                    _answers.AddDelayed(now + delay, pong);
                }

                break;

            case > RpcCommand.DelayedPing:
                HandleUnknown(from, request);
                break;
        }
    }

    /// <summary>Nobody here knows the command, but others may: the sender gets nodes closer to the target.</summary>
    public void HandleUnknown(UdpEndPoint from, in RequestMessage request) => _answers.Add(
        AnswerTo(from, request) with { Error = RpcErrorCode.UnknownCommand, WithCloserNodes = true });

    /// <summary>The sender may have had its token for too long: it gets a fresh one.</summary>
    public void HandleInvalidToken(UdpEndPoint from, in RequestMessage request) => _answers.Add(
        AnswerTo(from, request) with
        {
            Error = RpcErrorCode.InvalidToken,
            WithToken = true,
            WithCloserNodes = true,
        });

    private static OutgoingDatagram AnswerTo(UdpEndPoint from, in RequestMessage request) => new()
    {
        To = from,
        TransactionId = request.TransactionId,
        Target = request.Target,
    };
}

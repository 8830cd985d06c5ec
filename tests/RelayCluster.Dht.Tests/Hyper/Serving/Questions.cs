using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Rpc;
using RelayCluster.Dht.Rpc.Answers;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Hyper.Serving;

/// <summary>Handshakes of clients, and the datagrams that answer them.</summary>
internal sealed class Questions
{
    public const string Client = "10.0.0.1:1000";
    public const string Relay = "10.0.0.2:2000";
    public const string Second = "10.0.0.4:4000";
    public const string Server = "10.0.0.3:3000";

    /// <summary>What was sent in answer.</summary>
    public List<OutgoingDatagram> Sent { get; } = [];

    public HandshakeQuestion Direct(string client = Client, byte[]? noise = null) =>
        TryCreate(client, RelayMode.FromClient, noise: noise)!;

    public HandshakeQuestion Relayed(string client = Client, string server = Server, byte[]? noise = null) =>
        TryCreate(Relay, RelayMode.FromRelay, peer: client, server: server, noise: noise)!;

    public HandshakeQuestion? TryCreate(
        string from,
        RelayMode mode,
        string? peer = null,
        string? relay = null,
        string server = Server,
        byte[]? noise = null)
    {
        var request = new IncomingRequest(Sent.Add)
        {
            From = UdpEndPoint.Parse(from),
            To = UdpEndPoint.Parse(server),
            TransactionId = 77,
            Command = 0,
        };
        var message = new HandshakeMessage
        {
            Mode = mode,
            Noise = noise ?? [1, 2, 3],
            PeerAddress = peer is null ? null : UdpEndPoint.Parse(peer),
            RelayAddress = relay is null ? null : UdpEndPoint.Parse(relay),
        };
        return HandshakeQuestion.From(request, message);
    }
}

using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Rpc;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Hyper.Routing;

/// <summary>
/// A client's handshake that has reached its server, and the way that the answer goes back. The answer may be given
/// from any thread.
/// </summary>
internal sealed class HandshakeQuestion
{
    private readonly IncomingRequest _request;
    private readonly UdpEndPoint? _answerThrough;

    private HandshakeQuestion(
        IncomingRequest request,
        ReadOnlyMemory<byte> noise,
        UdpEndPoint clientAddress,
        UdpEndPoint? answerThrough)
    {
        _request = request;
        Noise = noise;
        ClientAddress = clientAddress;
        _answerThrough = answerThrough;
    }

    /// <summary>The client's Noise message.</summary>
    public ReadOnlyMemory<byte> Noise { get; }

    /// <summary>Where the client is, as the first relaying node sees it, or as we do.</summary>
    public UdpEndPoint ClientAddress { get; }

    /// <summary>Where we are, as the last relaying node sees it, or as the client does.</summary>
    public UdpEndPoint ServerAddress => _request.To;

    /// <summary>Whether the client asked us itself, so that packets between it and us find their way.</summary>
    public bool IsDirect => _answerThrough is null;

    /// <summary>What a request asks of a server here; null if its mode lacks what it needs.</summary>
    public static HandshakeQuestion? From(IncomingRequest request, in HandshakeMessage message)
    {
        byte[] noise = message.Noise.ToArray();
        return message.Mode switch
        {
            RelayMode.FromClient => new HandshakeQuestion(request, noise, request.From, answerThrough: null),
            RelayMode.FromRelay when message.PeerAddress is { } client =>
                new HandshakeQuestion(request, noise, client, request.From),
            RelayMode.FromSecondRelay when message is { PeerAddress: { } client, RelayAddress: { } relay } =>
                new HandshakeQuestion(request, noise, client, relay),
            _ => null,
        };
    }

    /// <summary>Answers with the server's Noise message.</summary>
    public void Answer(byte[] noise)
    {
        if (_answerThrough is { } relay)
        {
            var message = new HandshakeMessage
            {
                Mode = RelayMode.FromServer,
                Noise = noise,
                PeerAddress = ClientAddress,
            };
            _request.Relay(message.Encode(), relay);
        }
        else
        {
            var message = new HandshakeMessage { Mode = RelayMode.Reply, Noise = noise };
            _request.Reply(message.Encode(), withToken: false, withCloserNodes: false);
        }
    }
}

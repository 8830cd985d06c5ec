using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Records;
using RelayCluster.Dht.Rpc;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Hyper.Routing;

/// <summary>
/// Brings handshakes and hole punching messages from clients to servers, and the answers back.
/// <para>
/// A server behind a firewall keeps up a UDP session with the few nodes where it announced itself; a client that found
/// one of them asks it to hand its message on. Nobody on the way can read the messages, and nobody keeps state for one:
/// each leg carries the address that the next needs, and the client's request number all the way.
/// </para>
/// <code>
///   client --FromClient--> relay --FromRelay--> server          the server announced itself at the relay
///                            ^---FromServer------'
///   client &lt;--Reply--------'
///
///   client --FromClient--> relay --FromRelay--> relay 2 --FromSecondRelay--> server
///                            ^------------------------------FromServer--------'
///   client &lt;--Reply--------'                            the client named relay 2, or ours is outdated
///
///   client --FromClient--> server, and --Reply--> back           the server is open, or a client's own node
/// </code>
/// <para>
/// For the client the reply comes from the node it asked, and carries the server's address as that node saw it. A node
/// that knows nobody for the target answers with closer nodes. Hole punching messages go the same way without the
/// second
/// relay: the client names the server's own relay as the next leg.
/// </para>
/// <para>
/// Servers of this process register here, and are asked before anything is handed on. They answer handshakes by
/// themselves, mostly later, and rounds of hole punching at once. Source: hyperdht 6.34, lib/router.js.
/// </para>
/// </summary>
internal sealed class Router
{
    private readonly AgingCache<Fixed32, Forward> _forwards;
    private readonly Dictionary<Fixed32, ILocalServer> _servers = [];

    public Router(int maxForwards, TimeSpan maxAge)
    {
        _forwards = new AgingCache<Fixed32, Forward>(maxForwards, maxAge);
    }

    /// <summary>
    /// Where the server of this target (the hash of its public key) can be reached; null if not from here.
    /// </summary>
    public Forward? Find(TimeSpan now, Fixed32 target) =>
        _forwards.TryGet(now, target, out Forward? forward) ? forward : null;

    public void Set(TimeSpan now, Fixed32 target, Forward forward) => _forwards.Set(now, target, forward);

    public void Remove(Fixed32 target) => _forwards.Remove(target);

    /// <summary>The record of the server of this target, in this process or announced here; null for none.</summary>
    public byte[]? FindRecord(TimeSpan now, Fixed32 target) =>
        _servers.TryGetValue(target, out ILocalServer? server) ? server.Record : Find(now, target)?.Record;

    /// <summary>Registers a server of this process.</summary>
    public void Add(ILocalServer server) => _servers[server.Target] = server;

    /// <summary>Takes a server out again, if it is still the one of its target.</summary>
    public void Remove(ILocalServer server)
    {
        if (_servers.TryGetValue(server.Target, out ILocalServer? current) && current == server)
        {
            _servers.Remove(server.Target);
        }
    }

    public Answer HandleHandshake(TimeSpan now, IncomingRequest request)
    {
        if (request.Value is not { } value
            || !HandshakeMessage.TryRead(value.Span, out HandshakeMessage message)
            || message.Noise.IsEmpty)
        {
            return Answer.None;
        }

        if (request.Target is { } served && _servers.TryGetValue(served, out ILocalServer? server))
        {
            return HandToServer(now, server, request, message);
        }

        Forward? forward = request.Target is { } target ? Find(now, target) : null;
        switch (message.Mode)
        {
            case RelayMode.FromClient when message.RelayAddress is { } relayAddress:
                return HandOn(RelayMode.FromRelay, request, relayAddress, ref message);

            case RelayMode.FromClient when forward is null:
                return Answer.CloserNodes();

            case RelayMode.FromClient:
                return HandOn(RelayMode.FromRelay, request, forward.Relay, ref message);

            case RelayMode.FromRelay when forward is not null:
                message.Mode = RelayMode.FromSecondRelay;
                message.RelayAddress = request.From;
                return Answer.Relay(forward.Relay, message.Encode());

            case RelayMode.FromServer when message.PeerAddress is { } client:
                message.Mode = RelayMode.Reply;
                message.PeerAddress = request.From;
                message.RelayAddress = null;
                return Answer.ReplyTo(client, message.Encode());

            default:
                return Answer.None;
        }
    }

    public Answer HandleHolepunch(TimeSpan now, IncomingRequest request)
    {
        if (request.Value is not { } value || !HolepunchMessage.TryRead(value.Span, out HolepunchMessage message))
        {
            return Answer.None;
        }

        switch (message.Mode)
        {
            case RelayMode.FromClient:
                Forward? forward = request.Target is { } target ? Find(now, target) : null;
                if ((message.PeerAddress ?? forward?.Relay) is not { } next)
                {
                    return Answer.None;
                }

                message.Mode = RelayMode.FromRelay;
                message.PeerAddress = request.From;
                return Answer.Relay(next, message.Encode());

            case RelayMode.FromRelay when message.PeerAddress is { } client
                && request.Target is { } served
                && _servers.TryGetValue(served, out ILocalServer? server):
                return HandToServer(server, request, client, message);

            case RelayMode.FromServer when message.PeerAddress is { } client:
                message.Mode = RelayMode.Reply;
                message.PeerAddress = request.From;
                return Answer.ReplyTo(client, message.Encode());

            default:
                return Answer.None;
        }
    }

    private static Answer HandToServer(
        ILocalServer server,
        IncomingRequest request,
        Udx.Sockets.UdpEndPoint client,
        in HolepunchMessage message)
    {
        if (server.HandleHolepunch(message.Id, message.Payload, client, request.From) is not { } payload)
        {
            return Answer.None;
        }

        var answer = new HolepunchMessage { Mode = RelayMode.FromServer, Payload = payload, PeerAddress = client };
        return Answer.Relay(request.From, answer.Encode());
    }

    private static Answer HandToServer(
        TimeSpan now,
        ILocalServer server,
        IncomingRequest request,
        in HandshakeMessage message)
    {
        if (HandshakeQuestion.From(request, message) is { } question)
        {
            server.HandleHandshake(now, question);
        }

        return Answer.None;
    }

    private static Answer HandOn(
        RelayMode mode,
        IncomingRequest request,
        Udx.Sockets.UdpEndPoint to,
        ref HandshakeMessage message)
    {
        message.Mode = mode;
        message.PeerAddress = request.From;
        message.RelayAddress = null;
        return Answer.Relay(to, message.Encode());
    }
}

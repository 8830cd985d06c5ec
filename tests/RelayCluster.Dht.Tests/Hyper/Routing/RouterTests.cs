using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Routing;

public sealed class RouterTests
{
    private const string Client = "10.0.0.1:1000";
    private const string Relay = "10.0.0.2:2000";
    private const string Server = "10.0.0.3:3000";
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(20);
    private static readonly Fixed32 Target = Requests.Key(1);

    private readonly Router _router = new(100, Age);

    [Fact]
    public void Handshake_FromClientForAServerKnownHere_IsHandedToIt()
    {
        Know();
        Answer answer = Handshake(Client, RelayMode.FromClient);

        AssertRelayed(answer, Server, RelayMode.FromRelay, peer: Client, relay: null);
    }

    [Fact]
    public void Handshake_FromClientNamingTheRelay_IsHandedThereWhetherKnownOrNot()
    {
        Answer answer = Handshake(Client, RelayMode.FromClient, relay: Relay);

        AssertRelayed(answer, Relay, RelayMode.FromRelay, peer: Client, relay: null);
    }

    [Fact]
    public void Handshake_FromClientForAStranger_IsAnsweredWithCloserNodes()
    {
        Answer answer = Handshake(Client, RelayMode.FromClient);

        Assert.True(answer.IsReply);
        Assert.True(answer.WithCloserNodes);
        Assert.Null(answer.Value);
        Assert.Null(answer.To);
    }

    [Fact]
    public void Handshake_FromRelay_IsHandedOnAsFromTheSecondRelay()
    {
        Know();
        Answer answer = Handshake(Relay, RelayMode.FromRelay, peer: Client);

        AssertRelayed(answer, Server, RelayMode.FromSecondRelay, peer: Client, relay: Relay);
        Assert.Equal(Answer.None, Handshake(Relay, RelayMode.FromRelay, peer: Client, target: Requests.Key(2)));
    }

    [Fact]
    public void Handshake_FromServer_IsRepliedToTheClientWithTheServersAddress()
    {
        Answer answer = Handshake(Server, RelayMode.FromServer, peer: Client);

        Assert.True(answer.IsReply);
        Assert.Equal(UdpEndPoint.Parse(Client), answer.To);
        Assert.False(answer.WithToken);
        Assert.False(answer.WithCloserNodes);
        Assert.True(HandshakeMessage.TryRead(answer.Value!.Value.Span, out HandshakeMessage message));
        Assert.Equal(RelayMode.Reply, message.Mode);
        Assert.Equal(UdpEndPoint.Parse(Server), message.PeerAddress);
        Assert.Equal([7, 7, 7], message.Noise.ToArray());
    }

    [Theory]
    [InlineData((uint)RelayMode.FromServer)]
    [InlineData((uint)RelayMode.FromSecondRelay)]
    [InlineData((uint)RelayMode.Reply)]
    [InlineData(99)]
    public void Handshake_WithoutWhatItsModeNeeds_GetsNoAnswer(uint mode)
    {
        Know();
        Assert.Equal(Answer.None, Handshake(Client, (RelayMode)mode));
    }

    [Fact]
    public void Handshake_ThatIsNone_GetsNoAnswer()
    {
        Know();
        Assert.Equal(Answer.None, _router.HandleHandshake(default, Requests.From(Client, Target, null)));
        Assert.Equal(Answer.None, _router.HandleHandshake(default, Requests.From(Client, Target, [1, 2])));
        byte[] empty = new HandshakeMessage { Mode = RelayMode.FromClient }.Encode();
        Assert.Equal(Answer.None, _router.HandleHandshake(default, Requests.From(Client, Target, empty)));
    }

    [Fact]
    public void Handshake_ForAServerThatStoppedAnnouncing_IsNotHandedOn()
    {
        Know();
        Assert.True(Handshake(Client, RelayMode.FromClient, now: Age / 2).IsRelay);
        Assert.False(Handshake(Client, RelayMode.FromClient, now: Age * 3).IsRelay);
    }

    [Fact]
    public void Holepunch_FromClient_GoesWhereItSaysOrElseToTheServer()
    {
        Know();
        AssertPunch(Punch(Client, RelayMode.FromClient, peer: Relay), Relay, RelayMode.FromRelay, Client);
        AssertPunch(Punch(Client, RelayMode.FromClient, peer: null), Server, RelayMode.FromRelay, Client);
        _router.Remove(Target);
        Assert.Equal(Answer.None, Punch(Client, RelayMode.FromClient, peer: null));
    }

    [Fact]
    public void Holepunch_FromServer_IsRepliedToTheClient()
    {
        Answer answer = Punch(Server, RelayMode.FromServer, peer: Client);

        Assert.True(answer.IsReply);
        AssertPunch(answer, Client, RelayMode.Reply, Server);
    }

    [Fact]
    public void LocalServer_IsAskedBeforeAnythingIsHandedOn_UntilItIsRemoved()
    {
        Know();
        var server = new RecordingServer(Target);
        _router.Add(server);

        Assert.Equal(Answer.None, Handshake(Client, RelayMode.FromClient));
        Assert.Equal(Answer.None, Handshake(Relay, RelayMode.FromRelay, peer: Client));
        Assert.Equal(Answer.None, Handshake(Relay, RelayMode.FromRelay));
        Assert.Equal([true, false], server.Questions.Select(q => q.IsDirect));
        Assert.Equal(server.Record, _router.FindRecord(default, Target));

        _router.Remove(new RecordingServer(Target));
        Assert.Equal(server.Record, _router.FindRecord(default, Target));
        _router.Remove(server);
        Assert.Equal([1], _router.FindRecord(default, Target)!);
        Assert.True(Handshake(Client, RelayMode.FromClient).IsRelay);
    }

    [Fact]
    public void LocalServer_AnswersRoundsThatAreHandedToIt_OrNot()
    {
        var server = new RecordingServer(Target);
        _router.Add(server);
        Assert.Equal(Answer.None, Punch(Relay, RelayMode.FromRelay, peer: Client));

        server.RoundAnswer = [8];
        Answer answer = Punch(Relay, RelayMode.FromRelay, peer: Client);

        Assert.True(answer.IsRelay);
        Assert.Equal(UdpEndPoint.Parse(Relay), answer.To);
        Assert.True(HolepunchMessage.TryRead(answer.Value!.Value.Span, out HolepunchMessage message));
        Assert.Equal(RelayMode.FromServer, message.Mode);
        Assert.Equal([8], message.Payload.ToArray());
        Assert.Equal(UdpEndPoint.Parse(Client), message.PeerAddress);
        (ulong id, byte[] payload, UdpEndPoint client, UdpEndPoint relay) = server.Rounds[^1];
        Assert.Equal((5ul, UdpEndPoint.Parse(Client), UdpEndPoint.Parse(Relay)), (id, client, relay));
        Assert.Equal([9], payload);
        Assert.Equal(Answer.None, Punch(Relay, RelayMode.FromRelay, peer: null));
    }

    [Fact]
    public void LocalServer_DoesNotAge_AndIsNotWithdrawnByOthers()
    {
        var server = new RecordingServer(Target);
        _router.Add(server);
        _router.Remove(Target);

        Assert.Equal(server.Record, _router.FindRecord(10 * Age, Target));
        Assert.Null(_router.FindRecord(default, Requests.Key(2)));
    }

    private void Know() => _router.Set(TimeSpan.Zero, Target, new Forward(UdpEndPoint.Parse(Server), [1]));

    private Answer Handshake(
        string from,
        RelayMode mode,
        string? peer = null,
        string? relay = null,
        Fixed32? target = null,
        TimeSpan now = default)
    {
        byte[] value = new HandshakeMessage
        {
            Mode = mode,
            Noise = [7, 7, 7],
            PeerAddress = peer is null ? null : UdpEndPoint.Parse(peer),
            RelayAddress = relay is null ? null : UdpEndPoint.Parse(relay),
        }.Encode();
        return _router.HandleHandshake(now, Requests.From(from, target ?? Target, value));
    }

    private Answer Punch(string from, RelayMode mode, string? peer)
    {
        byte[] value = new HolepunchMessage
        {
            Mode = mode,
            Id = 5,
            Payload = [9],
            PeerAddress = peer is null ? null : UdpEndPoint.Parse(peer),
        }.Encode();
        return _router.HandleHolepunch(default, Requests.From(from, Target, value));
    }

    private static void AssertRelayed(Answer answer, string to, RelayMode mode, string peer, string? relay)
    {
        Assert.True(answer.IsRelay);
        Assert.Equal(UdpEndPoint.Parse(to), answer.To);
        Assert.True(HandshakeMessage.TryRead(answer.Value!.Value.Span, out HandshakeMessage message));
        Assert.Equal(mode, message.Mode);
        Assert.Equal([7, 7, 7], message.Noise.ToArray());
        Assert.Equal(UdpEndPoint.Parse(peer), message.PeerAddress);
        Assert.Equal(relay is null ? null : UdpEndPoint.Parse(relay), message.RelayAddress);
    }

    private static void AssertPunch(Answer answer, string to, RelayMode mode, string peer)
    {
        Assert.Equal(UdpEndPoint.Parse(to), answer.To);
        Assert.True(HolepunchMessage.TryRead(answer.Value!.Value.Span, out HolepunchMessage message));
        Assert.Equal(mode, message.Mode);
        Assert.Equal(5UL, message.Id);
        Assert.Equal([9], message.Payload.ToArray());
        Assert.Equal(UdpEndPoint.Parse(peer), message.PeerAddress);
    }
}

using System.Net;
using RelayCluster.Client.Tests.Scenes;
using RelayCluster.Crypto;
using RelayCluster.Crypto.Noise;
using RelayCluster.Dht;
using RelayCluster.Dht.Foreign;
using RelayCluster.Protocol.Messages;
using RelayCluster.Wire;

namespace RelayCluster.Client.Tests.Custody;

/// <summary>A noncustodial client and a relay that asks what it likes.</summary>
public sealed class NoncustodialTests : IAsyncLifetime
{
    private static readonly byte[] Payload = [1, 2, 3];

    private readonly KeyPair _peer = KeyPair.Generate();
    private ScriptedRelay _relay = null!;
    private ScriptedSession _session = null!;
    private RelayedDht _node = null!;

    public async Task InitializeAsync() =>
        (_relay, _session, _node) = await ScriptedRelay.StartAsync(new RelayedDhtOptions { Custodial = false });

    public async Task DisposeAsync()
    {
        _session.Abort();
        await _node.DisposeAsync();
        await _relay.DisposeAsync();
        _peer.Dispose();
    }

    [Fact]
    public async Task NoMessage_HasASecretKey()
    {
        Task<DhtStream> connecting = _node.ConnectAsync(_peer.PublicKey).AsTask();
        ConnectMessage connect = await _session.ReadAsync<ConnectMessage>();
        Assert.Equal((_node.DefaultKeyPair.PublicKey, null), (connect.PublicKey, connect.KeyPair));
        Task<IDhtServer> listening = _node.ListenAsync().AsTask();
        Assert.Null((await _session.ReadAsync<ListenMessage>()).KeyPair);
        await using IAsyncEnumerator<LookupReply> announce =
            _node.AnnounceAsync(_peer.PublicKey, _peer).GetAsyncEnumerator();
        Task announcing = announce.MoveNextAsync().AsTask();
        Assert.Null((await _session.ReadAsync<AnnounceMessage>()).KeyPair);
        await using IAsyncEnumerator<LookupReply> unannounce =
            _node.UnannounceAsync(_peer.PublicKey, _peer).GetAsyncEnumerator();
        Task unannouncing = unannounce.MoveNextAsync().AsTask();
        Assert.Null((await _session.ReadAsync<UnannounceMessage>()).KeyPair);
        _session.Abort();
        foreach (Task underWay in (Task[])[connecting, listening, announcing, unannouncing])
        {
            await Assert.ThrowsAsync<DhtException>(underWay.Within);
        }
    }

    [Fact]
    public async Task Connect_AnAnswerThatDoesNotFit_SpoilsOnlyItsHandshake()
    {
        Task<DhtStream> connecting = _node.ConnectAsync(_peer.PublicKey).AsTask();
        ConnectMessage connect = await _session.ReadAsync<ConnectMessage>();
        await AskForFirstMessageAsync(70, connect.Alias);
        NoiseReplyMessage refused = await AskAsync(new NoiseReceiveMessage(70, null, new byte[200]));
        Assert.Equal((true, 0, null), (refused.IsInitiator, refused.Payload.Length, refused.Completion));

        // it is over, and its id may come again
        refused = await AskAsync(new NoiseReceiveMessage(70, null, new byte[200]));
        Assert.Equal(0, refused.Payload.Length);

        using NoiseHandshake peer = PeerHandshake.Begin(_peer, null);
        Assert.Equal(Payload, peer.ReadMessage(await AskForFirstMessageAsync(71, connect.Alias)));
        NoiseReplyMessage complete = await AskAsync(new NoiseReceiveMessage(71, null, peer.WriteMessage([9])));
        using NoiseResult keys = peer.TakeResult();
        Assert.Equal(new byte[] { 9 }, complete.Payload.ToArray());
        Assert.Equal(PeerHandshake.GetHolepunchSecret(keys.Hash.Span), complete.Completion!.HolepunchSecret);
        await _session.SendAsync(new OpenMessage(1, connect.Alias, default, HandshakeId: 71));
        await using DhtStream stream = await connecting.Within();
        Assert.Equal(keys.Hash.ToArray(), stream.HandshakeHash.ToArray());

        // the header of its secret stream comes unasked, and names the alias
        using DataMessage header = await _session.ReadAsync<DataMessage>();
        Assert.Equal((connect.Alias, 59 + 1), (header.Alias, header.Chunks.BufferedBytes));
    }

    [Fact]
    public async Task Open_WithoutACompleteHandshake_EndsTheSession()
    {
        Task<DhtStream> connecting = _node.ConnectAsync(_peer.PublicKey).AsTask();
        ConnectMessage connect = await _session.ReadAsync<ConnectMessage>();
        await AskForFirstMessageAsync(70, connect.Alias);
        await _session.SendAsync(new OpenMessage(1, connect.Alias, default, HandshakeId: 70));
        DhtException failure = await Assert.ThrowsAsync<DhtException>(connecting.Within);
        Assert.Equal(DhtError.ProtocolViolation, failure.Error);
    }

    [Fact]
    public async Task NoiseSend_WithAnIdInUse_EndsTheSession()
    {
        Task<DhtStream> connecting = _node.ConnectAsync(_peer.PublicKey).AsTask();
        ConnectMessage connect = await _session.ReadAsync<ConnectMessage>();
        await AskForFirstMessageAsync(70, connect.Alias);
        await _session.SendAsync(new NoiseSendMessage(70, connect.Alias, Payload));
        DhtException failure = await Assert.ThrowsAsync<DhtException>(connecting.Within);
        Assert.Equal(DhtError.ProtocolViolation, failure.Error);
    }

    [Fact]
    public async Task NoiseSend_ForAStreamThatIsNotDialled_IsRefused()
    {
        NoiseReplyMessage refused = await AskAsync(new NoiseSendMessage(70, 999, Payload));
        Assert.Equal((true, 0), (refused.IsInitiator, refused.Payload.Length));
        refused = await AskAsync(new NoiseSendMessage(71, null, Payload));
        Assert.Equal((false, 0), (refused.IsInitiator, refused.Payload.Length));
    }

    [Fact]
    public async Task NoiseSend_AgainAndAgain_IsRefusedInTheEnd()
    {
        Task<DhtStream> connecting = _node.ConnectAsync(_peer.PublicKey).AsTask();
        ConnectMessage connect = await _session.ReadAsync<ConnectMessage>();
        for (uint id = 1; id <= 64; id++)
        {
            await AskForFirstMessageAsync(id, connect.Alias);
        }

        NoiseReplyMessage refused = await AskAsync(new NoiseSendMessage(65, connect.Alias, Payload));
        Assert.Equal(0, refused.Payload.Length);

        // another stream has its own
        Task<DhtStream> other = _node.ConnectAsync(_peer.PublicKey).AsTask();
        await AskForFirstMessageAsync(66, (await _session.ReadAsync<ConnectMessage>()).Alias);
        Assert.False(connecting.IsCompleted || other.IsCompleted);
    }

    [Fact]
    public async Task Server_MakesTheHandshakeAndAcceptsTheStream()
    {
        Task<IDhtServer> listening = _node.ListenAsync().AsTask();
        await _session.ListenAsync(5);
        await using IDhtServer server = await listening.Within();
        using NoiseResult keys = await ShakeHandsAsync(70, 5);
        await _session.SendAsync(new ConnectionMessage(8, 5, _peer.PublicKey, default, HandshakeId: 70));
        ConnectedMessage connected = await _session.ReadAsync<ConnectedMessage>();
        await using DhtStream stream = await server.AcceptOneAsync();
        Assert.Equal(keys.Hash.ToArray(), stream.HandshakeHash.ToArray());
        using DataMessage header = await _session.ReadAsync<DataMessage>();
        Assert.Equal(connected.Alias, header.Alias);
        _session.Abort();
    }

    [Fact]
    public async Task Server_GarbageOfAStranger_IsRefusedAndNothingElse()
    {
        Task<IDhtServer> listening = _node.ListenAsync().AsTask();
        await _session.ListenAsync(5);
        await using IDhtServer server = await listening.Within();
        NoiseReplyMessage refused = await AskAsync(new NoiseReceiveMessage(70, 5, new byte[500]));
        Assert.Equal((false, 0), (refused.IsInitiator, refused.Payload.Length));
        refused = await AskAsync(new NoiseReceiveMessage(71, 6, new byte[500]));
        Assert.Equal(0, refused.Payload.Length);
        using NoiseResult keys = await ShakeHandsAsync(72, 5);
        Assert.Equal(_node.DefaultKeyPair.PublicKey, keys.RemotePublicKey);
        _session.Abort();
    }

    [Fact]
    public async Task Server_ConnectionOfAnotherPeerThanItsHandshake_EndsTheSession()
    {
        Task<IDhtServer> listening = _node.ListenAsync().AsTask();
        await _session.ListenAsync(5);
        await using IDhtServer server = await listening.Within();
        using NoiseResult keys = await ShakeHandsAsync(70, 5);
        await _session.SendAsync(new ConnectionMessage(8, 5, default, default, HandshakeId: 70));
        DhtException failure = await Assert.ThrowsAsync<DhtException>(() => server.AcceptAsync().Within());
        Assert.Equal(DhtError.ProtocolViolation, failure.Error);
    }

    [Fact]
    public async Task Signatures_AreOfTheServersOwnTopicOnly()
    {
        Task<IDhtServer> listening = _node.ListenAsync().AsTask();
        ListenMessage listen = await _session.ReadAsync<ListenMessage>();
        Fixed32 token = Blake2b.Hash("token"u8);
        Fixed32 nodeId = Blake2b.Hash("node"u8);
        IPEndPoint[] relays = [new(IPAddress.Loopback, 1234)];
        await _session.SendAsync(new SignAnnounceMessage(7, listen.Alias, token, nodeId, relays));
        SignatureMessage signature = await _session.ReadAsync<SignatureMessage>();
        KeyPair keyPair = _node.DefaultKeyPair;
        Fixed32 target = Blake2b.Hash(keyPair.PublicKey.Span);
        var announce = new AnnounceToSign(false, target, token, nodeId, keyPair.PublicKey, relays);
        Assert.Equal(7u, signature.Id);
        Assert.Equal(announce.Sign(keyPair), signature.Signature.ToArray());

        await _session.SendAsync(new SignUnannounceMessage(8, listen.Alias, token, nodeId, []));
        signature = await _session.ReadAsync<SignatureMessage>();
        var withdrawal = new AnnounceToSign(true, target, token, nodeId, keyPair.PublicKey, []);
        Assert.Equal(withdrawal.Sign(keyPair), signature.Signature.ToArray());

        await _session.SendAsync(new SignAnnounceMessage(9, listen.Alias + 1, token, nodeId, []));
        Assert.Empty((await _session.ReadAsync<SignatureMessage>()).Signature.ToArray());
        await _session.SendAsync(new SignAnnounceMessage(10, listen.Alias, token, null, []));
        Assert.Empty((await _session.ReadAsync<SignatureMessage>()).Signature.ToArray());
        _session.Abort();
        await Assert.ThrowsAsync<DhtException>(listening.Within);
    }

    /// <summary>Asks for the first message of a handshake of a dialled stream.</summary>
    private async Task<byte[]> AskForFirstMessageAsync(uint id, uint alias)
    {
        NoiseReplyMessage reply = await AskAsync(new NoiseSendMessage(id, alias, Payload));
        Assert.Equal((id, true, null), (reply.Id, reply.IsInitiator, reply.Completion));
        Assert.NotEmpty(reply.Payload.ToArray());
        return reply.Payload.ToArray();
    }

    /// <summary>The peer shakes hands with the client's server.</summary>
    private async Task<NoiseResult> ShakeHandsAsync(uint id, uint serverAlias)
    {
        using NoiseHandshake peer = PeerHandshake.Begin(_peer, _node.DefaultKeyPair.PublicKey);
        NoiseReplyMessage who = await AskAsync(new NoiseReceiveMessage(id, serverAlias, peer.WriteMessage(Payload)));
        Assert.Equal((id, false, _peer.PublicKey, null), (who.Id, who.IsInitiator, who.RemotePublicKey, who.Completion));
        Assert.Equal(Payload, who.Payload.ToArray());
        NoiseReplyMessage answer = await AskAsync(new NoiseSendMessage(id, null, new byte[] { 9 }));
        Assert.Equal(new byte[] { 9 }, peer.ReadMessage(answer.Payload.Span));
        NoiseResult keys = peer.TakeResult();
        Assert.Equal(PeerHandshake.GetHolepunchSecret(keys.Hash.Span), answer.Completion!.HolepunchSecret);
        return keys;
    }

    private async Task<NoiseReplyMessage> AskAsync(RelayMessage question)
    {
        await _session.SendAsync(question);
        return await _session.ReadAsync<NoiseReplyMessage>();
    }
}

using RelayCluster.Crypto;
using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Records;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Tests.Hyper.Routing;
using RelayCluster.Udx.Sockets;
using RelayCluster.Wire;

namespace RelayCluster.Dht.Tests.Hyper.Records;

public sealed class AnnouncementsTests : IDisposable
{
    private const string Announcer = "10.0.0.3:3000";
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(20);
    private static readonly DateTimeOffset Wall = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
    private static readonly Fixed32 Topic = Requests.Key(1);
    private static readonly Fixed32 Token = Requests.Key(2);
    private static readonly Fixed32 NodeId = Requests.Key(3);

    private readonly KeyPair _keyPair = KeyPair.FromSeed(Requests.Key(4).Span);
    private readonly Router _router = new(100, Age);
    private readonly Announcements _announcements;

    public AnnouncementsTests()
    {
        _announcements = new Announcements(_router, 100, Age, new Random(1));
    }

    public void Dispose() => _keyPair.Dispose();

    [Fact]
    public void Announce_UnderATopic_IsFoundByLookup()
    {
        Assert.Equal(Answer.Done(), Announce(Topic));

        LookupRawReply reply = Lookup(Topic)!;
        Assert.Equal(_keyPair.PublicKey, Assert.Single(reply.Peers).PublicKey);
        Assert.Null(FindPeer(Topic));
    }

    [Fact]
    public void Announce_UnderTheHashOfItsOwnKey_MakesThisNodeItsRelay()
    {
        Fixed32 target = Blake2b.Hash(_keyPair.PublicKey.Span);
        Announce(target);

        Assert.Equal(_keyPair.PublicKey, FindPeer(target)!.PublicKey);
        Assert.Equal(UdpEndPoint.Parse(Announcer), _router.Find(default, target)!.Relay);
        Assert.Single(Lookup(target)!.Peers);
    }

    [Fact]
    public void Announce_SignedForAnotherNodeTokenTargetOrKey_IsNotStored()
    {
        using KeyPair other = KeyPair.FromSeed(Requests.Key(9).Span);

        Assert.Equal(Answer.None, Announce(Topic, signedId: Requests.Key(9)));
        Assert.Equal(Answer.None, Announce(Topic, signedToken: Requests.Key(9)));
        Assert.Equal(Answer.None, Announce(Topic, signedTarget: Requests.Key(9)));
        Assert.Equal(Answer.None, Announce(Topic, signer: other));
        Assert.Equal(Answer.None, Announce(Topic, scope: HyperNamespace.Unannounce));
        Assert.Null(Lookup(Topic));
    }

    [Fact]
    public void Announce_WithoutTokenOrTarget_IsNotStored()
    {
        byte[] value = Sign(Topic, refresh: null, bump: 0);
        foreach (var request in new[]
        {
            Requests.From(Announcer, Topic, value),
            Requests.From(Announcer, null, value, Token),
            Requests.From(Announcer, Topic, null, Token),
            Requests.From(Announcer, Topic, [1, 2, 3], Token),
        })
        {
            Assert.Equal(Answer.None, _announcements.HandleAnnounce(default, Wall, NodeId, request));
        }
    }

    [Fact]
    public void Announce_WithManyRelayAddresses_KeepsThree()
    {
        UdpEndPoint[] relays = [.. Enumerable.Range(1, 10).Select(i => UdpEndPoint.Parse($"10.0.0.{i}:1"))];
        Announce(Topic, relays: relays);

        Assert.Equal(relays[..3], Assert.Single(Lookup(Topic)!.Peers).RelayAddresses);
    }

    [Fact]
    public void Lookup_NothingStored_RepliesWithoutAValue()
    {
        Answer answer = _announcements.HandleLookup(default, Requests.From(Announcer, Topic, null));

        Assert.True(answer.IsReply);
        Assert.Null(answer.Value);
        Assert.True(answer.WithToken);
        Assert.True(answer.WithCloserNodes);
    }

    [Fact]
    public void Lookup_ThreeAgesLater_HasForgotten()
    {
        Announce(Topic);
        Assert.Null(Lookup(Topic, Age * 3));
    }

    [Fact]
    public void Unannounce_Signed_Forgets()
    {
        Fixed32 target = Blake2b.Hash(_keyPair.PublicKey.Span);
        Announce(Topic);
        Announce(target);

        Assert.Equal(Answer.Done(), Unannounce(Topic, HyperNamespace.Unannounce));
        Assert.Equal(Answer.Done(), Unannounce(target, HyperNamespace.Unannounce));

        Assert.Null(Lookup(Topic));
        Assert.Null(FindPeer(target));
    }

    [Fact]
    public void Unannounce_WithTheSignatureOfTheAnnouncement_ForgetsNothing()
    {
        Announce(Topic);
        Assert.Equal(Answer.None, Unannounce(Topic, HyperNamespace.Announce));
        Assert.NotNull(Lookup(Topic));
    }

    [Fact]
    public void Refresh_WithThePreimages_RenewsAgainAndAgainFromAnywhere()
    {
        Fixed32 last = Requests.Key(50);
        Fixed32 middle = Blake2b.Hash(last.Span);
        Fixed32 first = Blake2b.Hash(middle.Span);
        Fixed32 target = Blake2b.Hash(_keyPair.PublicKey.Span);
        Announce(target, refresh: first);

        Assert.Equal(Answer.None, Refresh(last, "10.9.9.9:9"));
        Assert.Equal(Answer.Done(), Refresh(middle, "10.0.0.4:4"));
        Assert.Equal(UdpEndPoint.Parse("10.0.0.4:4"), _router.Find(default, target)!.Relay);
        Assert.Equal(Answer.None, Refresh(middle, "10.9.9.9:9"));
        Assert.Equal(Answer.Done(), Refresh(last, "10.0.0.5:5"));
        Assert.Equal(UdpEndPoint.Parse("10.0.0.5:5"), _router.Find(default, target)!.Relay);
    }

    [Fact]
    public void Bump_LatestThatIsNotInTheFuture_IsToldInLookups()
    {
        ulong now = (ulong)Wall.ToUnixTimeMilliseconds();
        Announce(Topic, bump: now - 5);
        Announce(Topic, bump: now - 50);
        Assert.Equal(now - 5, Lookup(Topic)!.Bump);

        Announce(Topic, bump: now + 120_000);
        Assert.Equal(now - 5, Lookup(Topic)!.Bump);
    }

    private Answer Announce(
        Fixed32 target,
        Fixed32? signedTarget = null,
        Fixed32? signedToken = null,
        Fixed32? signedId = null,
        KeyPair? signer = null,
        Fixed32? scope = null,
        Fixed32? refresh = null,
        ulong bump = 0,
        UdpEndPoint[]? relays = null)
    {
        byte[] value = Sign(signedTarget ?? target, refresh, bump, signedToken, signedId, signer, scope, relays);
        return _announcements.HandleAnnounce(default, Wall, NodeId, Requests.From(Announcer, target, value, Token));
    }

    private Answer Unannounce(Fixed32 target, Fixed32 scope)
    {
        byte[] value = Sign(target, refresh: null, bump: 0, scope: scope);
        return _announcements.HandleUnannounce(NodeId, Requests.From(Announcer, target, value, Token));
    }

    private Answer Refresh(Fixed32 preimage, string from)
    {
        byte[] value = new AnnounceMessage { Refresh = preimage }.Encode();
        return _announcements.HandleAnnounce(default, Wall, NodeId, Requests.From(from, Topic, value, Token));
    }

    private byte[] Sign(
        Fixed32 target,
        Fixed32? refresh,
        ulong bump,
        Fixed32? token = null,
        Fixed32? id = null,
        KeyPair? signer = null,
        Fixed32? scope = null,
        UdpEndPoint[]? relays = null)
    {
        var peer = new PeerRecord(_keyPair.PublicKey, relays ?? []);
        signer ??= _keyPair;
        return new AnnounceMessage
        {
            Peer = peer,
            Refresh = refresh,
            Bump = bump,
            Signature = AnnounceSignature.Sign(
                scope ?? HyperNamespace.Announce, target, token ?? Token, id ?? NodeId, peer, refresh, signer),
        }.Encode();
    }

    private LookupRawReply? Lookup(Fixed32 target, TimeSpan now = default) =>
        _announcements.HandleLookup(now, Requests.From(Announcer, target, null)).Value is { } value
            ? LookupRawReply.TryDecode(value.Span)
            : null;

    private PeerRecord? FindPeer(Fixed32 target)
    {
        Answer answer = _announcements.HandleFindPeer(default, Requests.From(Announcer, target, null));
        Assert.True(answer.IsReply);
        if (answer.Value is not { } value)
        {
            return null;
        }

        var reader = new CompactReader(value.Span);
        return PeerRecord.TryRead(ref reader, out PeerRecord peer) ? peer : null;
    }
}

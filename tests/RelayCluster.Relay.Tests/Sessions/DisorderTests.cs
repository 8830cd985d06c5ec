using RelayCluster.Protocol.Dialects;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests.Sessions;

/// <summary>Clients that break the protocol lose their session, with the reason in the log; nobody else does.</summary>
public sealed class DisorderTests : IAsyncDisposable
{
    private readonly RelayScenario _scenario = new(new RelayOptions { MaxStreams = 3, MaxSessions = 2 });

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void A_message_before_the_handshake_ends_the_session()
    {
        TestClient client = _scenario.Connect();
        client.Connect(1, peer: 1);
        client.ExpectEnd();
        ExpectReason("Connect came before the handshake");
        Assert.Empty(_scenario.Node.KeyPairs);
    }

    [Fact]
    public void A_second_handshake_ends_the_session()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Handshake();
        client.ExpectEnd();
        ExpectReason("Handshake");
    }

    [Fact]
    public void An_alias_in_use_ends_the_session_and_all_its_streams()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(1, peer: 1);
        client.Connect(1, peer: 1);
        client.ExpectEnd();
        ExpectReason("The alias 1");
        Assert.True(peer.IsDisposed);
    }

    [Fact]
    public void Messages_that_only_a_relay_sends_end_the_session()
    {
        RelayMessage[] messages =
        [
            new OpenMessage(1, 1, new byte[64], 0),
            new ResultMessage(1, new byte[1]),
            new FinishedMessage(1),
            new ClosedMessage(1),
        ];
        foreach (RelayMessage message in messages)
        {
            TestClient client = _scenario.ConnectAndGreet();
            client.Say(message);
            client.ExpectEnd();
            ExpectReason(message.Type.ToString());
        }
    }

    [Theory]
    [InlineData(RelayDialect.Hyperswarm, "ff", "variable integer")]
    [InlineData(RelayDialect.Hyperswarm, "ffffffffffffffffffffffffffffffff", "variable integer")]
    [InlineData(RelayDialect.Hyperswarm, "0001", "variable integer")]
    [InlineData(RelayDialect.Hyperswarm, "000300", null)]
    [InlineData(RelayDialect.Hyperswarm, "01030101", "end early")]
    [InlineData(RelayDialect.Hyperswarm, "011a02", "end early")]
    [InlineData(RelayDialect.Hyperswarm, "011b00010000000361626364", "end early")]
    [InlineData(RelayDialect.Hyperswarm, "0163", null)]
    [InlineData(RelayDialect.Hyperswarm, "", null)]
    [InlineData(RelayDialect.Web4, "ff", "variable integer")]
    [InlineData(RelayDialect.Web4, "01", "variable integer")]
    [InlineData(RelayDialect.Web4, "070101", "end early")]
    [InlineData(RelayDialect.Web4, "00ff", "variable integer")]
    [InlineData(RelayDialect.Web4, "63", null)]
    [InlineData(RelayDialect.Web4, "", null)]
    public async Task Garbage_ends_the_session_with_a_reason_and_no_other(
        RelayDialect dialect, string hex, string? reason)
    {
        TestClient other = _scenario.ConnectAndGreet();
        TestClient client = _scenario.Connect(dialect);
        client.Handshake();
        client.Synchronize();
        await client.Transport.SendAsync(Convert.FromHexString(hex), CancellationToken.None);
        if (reason is null)
        {
            client.Synchronize();
        }
        else
        {
            client.ExpectEnd();
            ExpectReason("broke the protocol: ");
            ExpectReason(reason);
        }

        other.Synchronize();
        Assert.False(other.Session.IsCompleted);
    }

    [Fact]
    public void Unknown_aliases_are_ignored()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.SayData(404, [1]);
        client.Say(new EndMessage(404));
        client.Say(new DestroyMessage(IsPaired: true, 404, "unknown"));
        client.Say(new DestroyMessage(IsPaired: false, 404, null));
        client.Say(new CloseMessage(404));
        client.Say(new ConnectedMessage(404, 404));
        client.Say(new AcceptMessage(404));
        client.Say(new DenyMessage(404));
        client.Synchronize();
        Assert.Empty(client.Unexpected);
        Assert.False(client.Session.IsCompleted);
    }

    [Fact]
    public void A_noncustodial_listen_where_the_node_cannot_do_that_is_closed_at_once_and_leaves_a_warning()
    {
        TestClient client = _scenario.ConnectAndGreet();
        using Crypto.KeyPair keyPair = TestClient.CreateKeyPair();
        client.Say(new ListenMessage(1, keyPair.PublicKey, null));
        Assert.Equal(client.Expect<ListeningMessage>().Alias, client.Expect<ClosedMessage>().Alias);
        Assert.Contains(_scenario.LogLines, static line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void More_streams_than_allowed_are_refused_one_by_one()
    {
        TestClient client = _scenario.ConnectAndGreet();
        foreach (int i in Enumerable.Range(1, 3))
        {
            _scenario.Node.AddPeer(i);
            client.ConnectAndOpen((uint)i, peer: i);
        }

        client.Connect(4, peer: 1);
        DestroyMessage destroy = client.Expect<DestroyMessage>();
        Assert.Equal(4u, destroy.Alias);
        Assert.Contains("3 streams", destroy.Error, StringComparison.Ordinal);
        client.Say(new DestroyMessage(IsPaired: true, 1, null));
        client.Synchronize();
        _scenario.Kit.RunUntil(() => _scenario.Metric("relay.streams") == 2, "room for another stream");
        client.ConnectAndOpen(5, peer: 2);
    }

    [Fact]
    public void More_sessions_than_allowed_are_turned_away()
    {
        TestClient first = _scenario.ConnectAndGreet();
        TestClient second = _scenario.ConnectAndGreet();
        TestClient third = _scenario.Connect();
        third.ExpectEnd();
        ExpectReason("turned away");
        first.Synchronize();
        second.Synchronize();
    }

    private void ExpectReason(string words) => Assert.Contains(
        _scenario.LogLines,
        line => line.Contains(words, StringComparison.Ordinal));
}

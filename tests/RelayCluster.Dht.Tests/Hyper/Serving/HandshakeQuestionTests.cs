using RelayCluster.Dht.Hyper.Messages;
using RelayCluster.Dht.Hyper.Routing;
using RelayCluster.Dht.Rpc.Answers;
using RelayCluster.Udx.Sockets;

namespace RelayCluster.Dht.Tests.Hyper.Serving;

public sealed class HandshakeQuestionTests
{
    private readonly Questions _questions = new();

    [Fact]
    public void Answer_ToAClientThatAskedItself_IsAReply()
    {
        HandshakeQuestion question = _questions.Direct();

        question.Answer([9]);

        Assert.True(question.IsDirect);
        Assert.Equal(UdpEndPoint.Parse(Questions.Client), question.ClientAddress);
        AssertSent(isRelay: false, Questions.Client, RelayMode.Reply, peer: null);
    }

    [Fact]
    public void Answer_ThroughARelay_NamesTheClient()
    {
        HandshakeQuestion question = _questions.Relayed();

        question.Answer([9]);

        Assert.False(question.IsDirect);
        Assert.Equal(UdpEndPoint.Parse(Questions.Client), question.ClientAddress);
        Assert.Equal(UdpEndPoint.Parse(Questions.Server), question.ServerAddress);
        AssertSent(isRelay: true, Questions.Relay, RelayMode.FromServer, Questions.Client);
    }

    [Fact]
    public void Answer_ThroughTwoRelays_GoesToTheFirst()
    {
        HandshakeQuestion question = _questions.TryCreate(
            Questions.Second, RelayMode.FromSecondRelay, Questions.Client, Questions.Relay)!;

        question.Answer([9]);

        AssertSent(isRelay: true, Questions.Relay, RelayMode.FromServer, Questions.Client);
    }

    [Fact]
    public void From_AClientThatNamesAnotherAddress_StillIsTheSender()
    {
        HandshakeQuestion question =
            _questions.TryCreate(Questions.Client, RelayMode.FromClient, peer: Questions.Second)!;

        Assert.Equal(UdpEndPoint.Parse(Questions.Client), question.ClientAddress);
    }

    [Theory]
    [InlineData((uint)RelayMode.FromRelay, false, false)]
    [InlineData((uint)RelayMode.FromSecondRelay, true, false)]
    [InlineData((uint)RelayMode.FromSecondRelay, false, true)]
    [InlineData((uint)RelayMode.FromServer, true, true)]
    [InlineData((uint)RelayMode.Reply, true, true)]
    [InlineData(99, true, true)]
    public void From_WithoutWhatItsModeNeeds_IsNone(uint mode, bool hasPeer, bool hasRelay)
    {
        Assert.Null(_questions.TryCreate(
            Questions.Relay,
            (RelayMode)mode,
            hasPeer ? Questions.Client : null,
            hasRelay ? Questions.Second : null));
    }

    private void AssertSent(bool isRelay, string to, RelayMode mode, string? peer)
    {
        OutgoingDatagram sent = Assert.Single(_questions.Sent);
        Assert.Equal(isRelay, sent.IsRelay);
        Assert.Equal(UdpEndPoint.Parse(to), sent.To);
        Assert.Equal(77, sent.TransactionId);
        Assert.False(sent.WithToken);
        Assert.False(sent.WithCloserNodes);
        Assert.True(HandshakeMessage.TryRead(sent.Value!.Value.Span, out HandshakeMessage message));
        Assert.Equal(mode, message.Mode);
        Assert.Equal([9], message.Noise.ToArray());
        Assert.Equal(peer is null ? null : UdpEndPoint.Parse(peer), message.PeerAddress);
        Assert.Null(message.RelayAddress);
    }
}

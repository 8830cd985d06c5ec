using RelayCluster.Protocol.Messages;
using RelayCluster.Protocol.Transports;
using RelayCluster.Relay.Policy;
using RelayCluster.Relay.Tests.Scenarios;
using RelayCluster.Wire;

namespace RelayCluster.Relay.Tests.Policy;

/// <summary>A policy of an embedder's own.</summary>
public sealed class OwnPolicyTests : IAsyncDisposable
{
    private readonly BillingPolicy _policy = new();
    private readonly RelayScenario _scenario;

    public OwnPolicyTests() => _scenario = new RelayScenario(policy: _ => _policy);

    public ValueTask DisposeAsync() => _scenario.DisposeAsync();

    [Fact]
    public void It_is_asked_and_told()
    {
        FakePeer peer = _scenario.Node.AddPeer(1);
        TestClient client = Greet();
        uint alias = client.ConnectAndOpen(1, peer: 1);
        peer.Send(new byte[1000]);
        client.ExpectData(alias);
        Assert.Equal(1000, _policy.Bytes);
        client.Say(new LookupMessage(1, BillingPolicy.Forbidden));
        client.Expect<FinishedMessage>();
        Assert.Empty(_scenario.Node.Questions);
        Assert.Equal(1, _scenario.Refusals("query", "not_paid"));
        Assert.Equal(1, _policy.Open);
        client.Say(new DestroyMessage(IsPaired: true, 1, null));
        _scenario.Kit.RunUntil(() => _policy.Open == 0, "the end of the stream");
        client.Cut();
        _scenario.Kit.RunUntilCompleted(client.Session);
        Assert.True(_policy.IsDisposed);
    }

    [Fact]
    public void It_may_take_its_time_with_a_client_but_not_longer_than_the_session()
    {
        using var stop = new CancellationTokenSource();
        TestClient client = _scenario.Connect(cancellationToken: stop.Token);
        client.Handshake();
        _scenario.Kit.RunUntilIdle();
        Assert.False(client.Session.IsCompleted);
        stop.Cancel();
        _scenario.Kit.RunUntilCompleted(client.Session);
        Assert.Equal(CloseKind.GoingAway, client.RelaysTransport.Reason?.Kind);
    }

    [Fact]
    public void Whom_it_refuses_is_told_in_its_words()
    {
        _policy.Answer.SetResult(PolicyAdmission.Refuse(new PolicyRefusal("not_paid", "See https://example.org/pay")));
        TestClient client = _scenario.Connect();
        client.ExpectEnd();
        Assert.Equal(new CloseReason(CloseKind.Refused, "See https://example.org/pay"), client.RelaysTransport.Reason);
        Assert.Equal(1, _scenario.Refusals("session", "not_paid"));
    }

    [Fact]
    public void If_it_fails_the_client_is_not_served_and_the_others_are()
    {
        TestClient served = Greet();
        _policy.Answer = new TaskCompletionSource<PolicyAdmission>();
        _policy.Answer.SetException(new InvalidOperationException("no directory"));
        TestClient client = _scenario.Connect();
        client.ExpectEnd();
        Assert.Equal(CloseKind.Fault, client.RelaysTransport.Reason?.Kind);
        Assert.True(_scenario.TakeErrors().Single().Contains("no directory", StringComparison.Ordinal));
        served.Synchronize();
    }

    private TestClient Greet()
    {
        _policy.Answer.SetResult(PolicyAdmission.Admit(_policy));
        return _scenario.ConnectAndGreet();
    }

    /// <summary>A directory that is asked about clients, one topic that is not for them, and a count for the bill.</summary>
    private sealed class BillingPolicy : IRelayPolicy, ISessionPolicy
    {
        private long _bytes;
        private int _open;

        public static Fixed32 Forbidden { get; } = FakeNode.Key(66);

        public TaskCompletionSource<PolicyAdmission> Answer { get; set; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Bytes => Interlocked.Read(ref _bytes);

        public int Open => Volatile.Read(ref _open);

        public bool IsDisposed { get; private set; }

        public async ValueTask<PolicyAdmission> AdmitAsync(
            string sessionId,
            ClientOrigin client,
            CancellationToken cancellationToken = default) => await Answer.Task.WaitAsync(cancellationToken);

        public PolicyRefusal? Greet(Fixed32 publicKey) => null;

        public PolicyRefusal? Connect(Fixed32 publicKey, Fixed32 remotePublicKey) => Begin();

        public PolicyRefusal? Listen(Fixed32 publicKey) => Begin();

        public PolicyRefusal? Knock(Fixed32 publicKey, Fixed32 remotePublicKey) => null;

        public PolicyRefusal? Accept(Fixed32 publicKey, Fixed32 remotePublicKey) => Begin();

        public PolicyRefusal? Query(QueryKind kind, Fixed32? publicKey, Fixed32 topic) =>
            topic == Forbidden ? new PolicyRefusal("not_paid", "This topic is not for you") : Begin();

        public void Ended(PolicyResource resource) => Interlocked.Decrement(ref _open);

        public TimeSpan Carried(int bytes)
        {
            Interlocked.Add(ref _bytes, bytes);
            return TimeSpan.Zero;
        }

        public void Dispose() => IsDisposed = true;

        private PolicyRefusal? Begin()
        {
            Interlocked.Increment(ref _open);
            return null;
        }
    }
}

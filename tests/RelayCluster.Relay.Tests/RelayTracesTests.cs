using System.Collections.Concurrent;
using System.Diagnostics;
using RelayCluster.Protocol.Messages;
using RelayCluster.Relay.Tests.Scenarios;

namespace RelayCluster.Relay.Tests;

/// <summary>The spans of what clients wait for. Listeners are the process's, so the tests know theirs by the id.</summary>
public sealed class RelayTracesTests : IAsyncDisposable
{
    private const uint Id = 918_273;

    private readonly RelayScenario _scenario = new();
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public RelayTracesTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == RelayTraces.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("relay.id") is Id)
                {
                    _spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _scenario.DisposeAsync();
    }

    [Fact]
    public void A_connect_is_a_span_with_its_session_and_the_peers_key()
    {
        _scenario.Node.AddPeer(1);
        TestClient client = _scenario.ConnectAndGreet();
        client.ConnectAndOpen(Id, peer: 1);

        Activity span = Assert.Single(_spans);
        Assert.Equal("connect", span.OperationName);
        Assert.Equal("1", span.GetTagItem("session.id"));
        Assert.Equal(FakeNode.Key(1).ToString(), span.GetTagItem("peer.public_key"));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Fact]
    public void A_connect_that_fails_says_at_what()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Connect(Id, peer: 404);
        client.Expect<DestroyMessage>();

        Activity span = Assert.Single(_spans);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("PEER_NOT_FOUND", span.GetTagItem("error.type"));
    }

    [Fact]
    public void A_listen_is_a_span()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.ListenAndHear(Id);

        Assert.Equal("listen", Assert.Single(_spans).OperationName);
    }

    [Fact]
    public void A_lookup_is_a_span_with_its_results()
    {
        TestClient client = _scenario.ConnectAndGreet();
        client.Say(new LookupMessage(Id, FakeNode.Key(404)));
        client.Expect<FinishedMessage>();

        Activity span = Assert.Single(_spans);
        Assert.Equal("lookup", span.OperationName);
        Assert.Equal(0, span.GetTagItem("relay.results"));
    }
}

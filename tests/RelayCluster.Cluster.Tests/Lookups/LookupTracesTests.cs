using System.Collections.Concurrent;
using System.Diagnostics;
using RelayCluster.Relay.Tests.Lookups;

namespace RelayCluster.Cluster.Tests.Lookups;

public sealed class LookupTracesTests
{
    private const int Topic = 1;

    [Fact]
    public async Task The_spans_of_a_lookup_hang_together_over_the_fleet()
    {
        ConcurrentQueue<Activity> stopped = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "RelayCluster.Relay",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var fleet = new LookupFleet();
        (LookupNode owner, LookupNode[] others) = fleet.Roles(Topic);
        using Activity session = new Activity("session").Start();

        Asker asker = others[0].Ask(Topic);
        owner.Query().Answer(1);
        owner.Query().End();
        asker.Expect(1);
        asker.ExpectEnd();

        Activity Span(string name)
        {
            fleet.Kit.RunUntil(() => stopped.Any(IsIt), name);
            return stopped.Single(IsIt);

            bool IsIt(Activity span) => span.TraceId == session.TraceId && span.OperationName == name;
        }

        Assert.Equal(session.SpanId, Span("lookup.ask").ParentSpanId);
        Assert.Equal(Span("lookup.ask").SpanId, Span("lookup.answer").ParentSpanId);
        Assert.Equal(Span("lookup.answer").SpanId, Span("lookup.run").ParentSpanId);
        Assert.Equal(others[0].Name, Span("lookup.answer").GetTagItem("lookup.asker"));
        Assert.Equal(1, Span("lookup.run").GetTagItem("lookup.replies"));
        Assert.Equal(FakeQuery.Key(Topic).ToString(), Span("lookup.run").GetTagItem("lookup.topic"));
    }
}
